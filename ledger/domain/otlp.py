"""The envelope of OpenTelemetry in JSON, unfolded: spans, log records and groups of data points (usage-formats §10.1).

64-bit integers are decimal strings, attributes are lists of keys and values. What an SDK writes to a file itself, one
span or log record with plain attributes, is taken too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
_PLACES = {"resourceSpans": ("scopeSpans", "spans"), "resourceLogs": ("scopeLogs", "logRecords")}
_OLD_SCOPES = "instrumentationLibrarySpans"


@dataclass(frozen=True, slots=True)
class Told:
    """A span or a log record with the attributes of its resource."""

    name: str
    """A span's name; a log record's event name."""
    is_span: bool
    at: Any
    """As written."""
    attributes: Json
    resource: Json
    identity: str
    """Trace and span id; '' for a log record."""


@dataclass(frozen=True, slots=True)
class Point:
    """A number that a metric had for a set of attributes."""

    metric: str
    attributes: Json
    resource: Json
    number: Any
    started_at: str
    at: str
    is_cumulative: bool
    is_histogram: bool = False


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Everything in one record of a file."""

    told: list[Told] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)


def unfold(record: Json) -> Unfolded:
    """What a record holds: an envelope, or one span or log record by itself."""
    told = [each for place, (scopes, items) in _PLACES.items() for each in _told(record, place, scopes, items)]
    if not any(place in record for place in (*_PLACES, "resourceMetrics")) and "attributes" in record:
        resource = record.get("resource")
        attributes = resource.get("attributes") if isinstance(resource, dict) else {}
        told.append(_one(record, attributes_of(attributes), "spanId" in record or "traceId" in record))
    return Unfolded(told, list(_points(record)))


def attributes_of(written: Any) -> Json:
    """Attributes by name, from a list of keys and values or a plain object."""
    if isinstance(written, dict):
        return written
    pairs = (each for each in _list(written) if isinstance(each, dict) and isinstance(each.get("key"), str))
    return {each["key"]: _value(each.get("value")) for each in pairs}


def _value(written: Any) -> Any:
    if not isinstance(written, dict):
        return written
    name, value = next(iter(written.items()), ("", None))
    if name == "arrayValue":
        return [_value(each) for each in _list(value.get("values"))] if isinstance(value, dict) else []
    return None if name == "kvlistValue" else value


def _told(record: Json, place: str, scopes: str, items: str) -> Iterator[Told]:
    for holder in _dicts(record.get(place)):
        resource = attributes_of(_dict(holder.get("resource")).get("attributes"))
        for scope in _dicts(holder.get(scopes) or holder.get(_OLD_SCOPES)):
            for item in _dicts(scope.get(items)):
                yield _one(item, resource, items == "spans")


def _one(item: Json, resource: Json, is_span: bool) -> Told:
    attributes = attributes_of(item.get("attributes"))
    if is_span:
        names = (item.get("traceId"), item.get("spanId"))
        at = item.get("startTimeUnixNano") or _clock(item.get("startTime"))
        identity = "/".join(name for name in names if isinstance(name, str))
        return Told(str(item.get("name") or ""), True, at, attributes, resource, identity)
    body = item.get("body")
    said = _value(body) if isinstance(body, dict) else body
    name = item.get("eventName") or attributes.get("event.name") or said
    at = attributes.get("event.timestamp") or item.get("timeUnixNano") or item.get("observedTimeUnixNano")
    return Told(str(name or ""), False, at or _clock(item.get("hrTime")), attributes, resource, "")


def _clock(written: Any) -> Any:
    """A pair of seconds and nanoseconds, as one SDK writes times, in nanoseconds; anything else as it is."""
    if isinstance(written, list) and len(written) == 2 and all(isinstance(each, int) for each in written):
        return written[0] * 10**9 + written[1]
    return written


def _points(record: Json) -> Iterator[Point]:
    for holder in _dicts(record.get("resourceMetrics")):
        resource = attributes_of(_dict(holder.get("resource")).get("attributes"))
        for scope in _dicts(holder.get("scopeMetrics")):
            for metric in _dicts(scope.get("metrics")):
                yield from _of_metric(metric, resource)


def _of_metric(metric: Json, resource: Json) -> Iterator[Point]:
    form = "sum" if "sum" in metric else "histogram"
    series = _dict(metric.get(form))
    for point in _dicts(series.get("dataPoints")):
        yield Point(
            metric=str(metric.get("name") or ""),
            attributes=attributes_of(point.get("attributes")),
            resource=resource,
            number=point.get("asDouble", point.get("asInt", point.get("sum"))),
            started_at=str(point.get("startTimeUnixNano") or ""),
            at=str(point.get("timeUnixNano") or ""),
            is_cumulative=series.get("aggregationTemporality") in (2, "2", "AGGREGATION_TEMPORALITY_CUMULATIVE"),
            is_histogram=form == "histogram",
        )


def _list(written: Any) -> list[Any]:
    return written if isinstance(written, list) else []


def _dicts(written: Any) -> Iterable[Json]:
    return (each for each in _list(written) if isinstance(each, dict))


def _dict(written: Any) -> Json:
    return written if isinstance(written, dict) else {}
