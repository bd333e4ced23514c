"""Format `html`: one file with everything in it, which asks for nothing and lets nothing but itself run.

The page is made of the parts in the folder `page`. Figures go in as JSON, of which `page.js` makes tables and charts by
the DOM; text from outside is never read as markup. The policy in its head names each script and style by its hash, so
that what would get in after all could neither run nor ask for anything.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from ledger.domain.money import exact
from ledger.domain.page import BUCKETS, Loop, PageSums, Timeline
from ledger.domain.report import BEHIND, Report
from ledger.domain.screen import plain
from ledger.reports.footer import footer
from ledger.reports.json import as_object

_LIBRARIES = ("vega", "vega-lite", "vega-interpreter")
_SCRIPTS = ("dom", "table", "charts", "sections", "page")
_LONGEST = 600
_NO_SUMS = PageSums(Timeline("week", ()), ())


def render(report: Report, *, width: int = 80, color: bool = False) -> str:  # noqa: ARG001 - for terminals only
    """The whole page as text."""
    scripts = [_part(f"{name}.js") for name in _LIBRARIES]
    scripts.append("'use strict';\n(() => {\n" + "\n".join(_part(f"{name}.js") for name in _SCRIPTS) + "})();\n")
    style = _part("page.css")
    first, rest = _sentences(plain(report.headline, 2 * _LONGEST))
    return Template(_part("page.html")).substitute(
        policy=escape(_policy(scripts, style)),
        title=escape(first),
        headline=escape(first),
        rest=escape(rest),
        style=style,
        data=_inert(json.dumps(page_data(report), ensure_ascii=True, separators=(",", ":"))),
        licences=escape(_part("LICENSES.txt")),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def page_data(report: Report) -> dict[str, Any]:
    """What the page carries: the report's JSON, and beside it what only a page shows; all text is plain."""
    sums = report.page or _NO_SUMS
    groups = (*report.groups, *report.by_part)
    found = {
        "report": as_object(report),
        "hidden": [group.hidden for group in groups],
        "is_all_in_shown": [group.is_all_in_shown for group in groups],
        "whom": {"first": "first model", "lineup": "line-up"}.get(report.filters.credit, "model"),
        "by": report.filters.by.removeprefix("label:").replace("_", " "),
        "next": report.next_step,
        "behind": "" if report.is_settled else BEHIND,
        "footer": list(footer(report)),
        "buckets": BUCKETS,
        "timeline": {
            "unit": sums.timeline.unit,
            "portions": [[each.start, each.bucket, exact(each.nusd)] for each in sums.timeline.portions],
        },
        "loops": [_loop(loop) for loop in sums.loops],
    }
    plainly: dict[str, Any] = _plainly(found)
    return plainly


def _loop(loop: Loop) -> dict[str, Any]:
    found = asdict(loop)
    nusd = found.pop("failed_nusd")
    return {**found, "failed_usd": None if nusd is None else exact(nusd)}


def _plainly(value: Any) -> Any:
    """The value with all text in it plain, and none longer than a page can bear."""
    if isinstance(value, dict):
        return {key: _plainly(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plainly(each) for each in value]
    return plain(value, _LONGEST) if isinstance(value, str) else value


def _sentences(headline: str) -> tuple[str, str]:
    """The first sentence, which stands large, and the rest."""
    first, stop, rest = headline.partition(". ")
    return first + stop.strip(), rest


def _part(name: str) -> str:
    return files("ledger.reports.page").joinpath(name).read_text(encoding="utf-8")


def _inert(text: str) -> str:
    """JSON for a script element: nothing in it can end the element or open another."""
    return text.replace("<", "\\u003c")


def _policy(scripts: list[str], style: str) -> str:
    """The content security policy: these scripts and this style, and no requests at all."""
    allowed = " ".join(_hash(script) for script in scripts)
    return f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
