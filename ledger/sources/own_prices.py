"""The user's own prices: a TOML or JSON file that `ledger.prices` names, checked field by field (docs/prices.md)."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ledger.domain.own_prices import FACTORS, OwnPrice, Tier
from ledger.errors import BadSetting

_NANO = 10**9
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*price[ \t]*\]\]", re.MULTILINE)


def _plain_number(value: Any) -> Any:
    """A number or a text of one; true and false are none."""
    if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"\d+(\.\d+)?", value.strip())):
        raise ValueError("write a plain number such as 1.25")
    return value


_Usd = Annotated[Decimal, BeforeValidator(_plain_number), Field(ge=0, le=1_000_000, decimal_places=9)]
_Factor = Annotated[Decimal, BeforeValidator(_plain_number), Field(gt=0, le=100, decimal_places=6)]


class _Rates(BaseModel):
    """USD per million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    input: _Usd
    output: _Usd
    cache_read: _Usd | None = None
    cache_write_5m: _Usd | None = None
    cache_write_1h: _Usd | None = None


class _Above(_Rates):
    tokens: int = Field(gt=0, lt=10**12)


class _Own(_Rates):
    model: str = Field(min_length=1, max_length=200)
    provider: str = ""
    first: date | None = Field(None, alias="from")
    until: date | None = None
    web_search: _Usd = Decimal(10)
    above: tuple[_Above, ...] = ()
    fast: _Factor | None = None
    batch: _Factor | None = None
    priority: _Factor | None = None
    flex: _Factor | None = None
    us: _Factor | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    price: tuple[_Own, ...]


def read_own_prices(path: Path) -> tuple[OwnPrice, ...]:
    """The prices in the file, in its order; raises BadSetting with file, line or number, model and what to do."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadSetting(f"ledger.prices names {path}, which cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path} is not text in UTF-8; save it so.") from error
    version = f"own prices {hashlib.sha256(text.encode()).hexdigest()[:12]}"
    table = _parsed(path, text)
    places = _places(path, text, table)
    try:
        checked = _File.model_validate(table)
    except ValidationError as error:
        raise BadSetting(_sentence(path, table, places, error)) from error
    prices = tuple(_own(each, place, version) for each, place in zip(checked.price, places, strict=True))
    _refuse_wrong_dates(prices)
    _refuse_collisions(prices)
    return prices


def _parsed(path: Path, text: str) -> Any:
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text, parse_float=Decimal)
        return tomllib.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise BadSetting(f"{path}, line {error.lineno}, is not valid JSON ({error.msg}); mend it.") from error
    except (ValueError, RecursionError) as error:
        raise BadSetting(
            f"{path} is not valid TOML ({error}); mend it, or name it .json if that is what it is."
        ) from error


def _places(path: Path, text: str, table: Any) -> list[str]:
    """Where each price stands: its line where the file shows it, else its number."""
    found = table.get("price", ()) if isinstance(table, dict) else ()
    count = len(found) if isinstance(found, list) else 0
    lines = [text.count("\n", 0, match.start()) + 1 for match in _HEADER.finditer(text)]
    if path.suffix.lower() == ".json" or len(lines) != count:
        return [f"{path}, price {number}" for number in range(1, count + 1)]
    return [f"{path}, line {line}" for line in lines]


def _sentence(path: Path, table: Any, places: list[str], error: ValidationError) -> str:
    """The first thing that is wrong."""
    first = error.errors(include_url=False)[0]
    steps = first["loc"]
    said = str(first["msg"]).removeprefix("Value error, ")
    if len(steps) < 2 or not isinstance(steps[1], int):
        return f"{path}: {'.'.join(map(str, steps)) or 'the file'}: {said}; write one [[price]] table per price."
    given = table["price"][steps[1]]
    model = str(given.get("model", "no model"))[:80] if isinstance(given, dict) else "no table"
    name = ".".join(str(step) for step in steps[2:])
    return f"{places[steps[1]]} ({model}), {name or 'the price'}: {said}; docs/prices.md has the form."


def _own(given: _Own, where: str, version: str) -> OwnPrice:
    factors = ((name, getattr(given, name)) for name in FACTORS)
    is_claude = "claude" in given.model.lower()
    return OwnPrice(
        model=given.model,
        provider=given.provider,
        first=given.first.isoformat() if given.first else "",
        until=given.until.isoformat() if given.until else "",
        tiers=(
            _tier(0, given, is_claude),
            *(_tier(each.tokens, each, is_claude) for each in sorted(given.above, key=lambda each: each.tokens)),
        ),
        web_search_nusd=int(given.web_search * _NANO / 1000),
        factors=tuple((name, factor) for name, factor in factors if factor is not None),
        where=where,
        version=version,
    )


def _tier(start: int, rates: _Rates, is_claude: bool) -> Tier:
    """Nano-USD per million tokens; what is left out is a multiple of input, as Anthropic's are, or input itself."""
    read, short, long = (Decimal("0.1"), Decimal("1.25"), Decimal(2)) if is_claude else (Decimal(1),) * 3

    def nusd(said: Decimal | None, multiple: Decimal) -> int:
        return round((rates.input * multiple if said is None else said) * _NANO)

    return (
        start,
        nusd(rates.input, Decimal(1)),
        nusd(rates.cache_read, read),
        nusd(rates.cache_write_5m, short),
        nusd(rates.cache_write_1h, long),
        nusd(rates.output, Decimal(1)),
    )


def _refuse_wrong_dates(prices: tuple[OwnPrice, ...]) -> None:
    for price in prices:
        if price.first and price.until and price.first >= price.until:
            raise BadSetting(f"{price.where} ({price.model}): until is the first day it no longer holds, after from.")
        starts = [tier[0] for tier in price.tiers]
        if len(set(starts)) != len(starts):
            raise BadSetting(f"{price.where} ({price.model}): two tiers begin above the same tokens; keep one.")


def _refuse_collisions(prices: tuple[OwnPrice, ...]) -> None:
    for place, price in enumerate(prices):
        for earlier in prices[:place]:
            if price.collides(earlier):
                raise BadSetting(
                    f"{price.where} ({price.model}) and {earlier.where} ({earlier.model}) hold on the same days; "
                    "give the earlier one an until, or take one out."
                )
