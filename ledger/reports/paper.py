"""What tables for a terminal are printed on: text of a width, coloured only where it is asked for."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

_NARROWEST = 60


def blank(width: int, color: bool) -> tuple[StringIO, Console]:
    """(what was printed so far, what prints on it)."""
    out = StringIO()
    return out, Console(
        file=out,
        width=max(width, _NARROWEST),
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        highlight=False,
    )


def text_of(out: StringIO, color: bool) -> str:
    """What was printed; without colour no line ends in blanks."""
    return out.getvalue() if color else "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
