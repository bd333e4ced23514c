"""Writes figures down, one module per format; adding a format is one module and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from ledger.domain.report import Report

FORMATS = {name: f"ledger.reports.{name}" for name in ("table", "json", "markdown", "csv", "html")}
"""Format → its module; imported when it is asked for."""


class Format(Protocol):
    """What a format's module has."""

    def render(self, report: Report, *, width: int, color: bool) -> str:
        """The report as text; `width` and `color` mean something to formats for a terminal only."""


def render(report: Report, name: str, *, width: int = 80, color: bool = False) -> str:
    """The report in a format of FORMATS."""
    return cast("Format", import_module(FORMATS[name])).render(report, width=width, color=color)
