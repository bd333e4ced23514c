"""`ledger report --open`: the page in a file of its own, and in a browser."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING

from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.commands.options import Options
    from ledger.posting.workplace import Workplace


def show(options: Options, workplace: Workplace | None, page: str) -> None:
    """Write the page and open it; raises LedgerError where it cannot be written or no browser can be started."""
    if workplace is None:
        raise LedgerError("There is no repository here to keep the page in; write it with --format html > report.html.")
    place = workplace.git.ledger_dir / "report.html"
    beside = place.with_suffix(".new")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(page, encoding="utf-8")
        beside.replace(place)
    except OSError as error:
        raise LedgerError(
            f"{place} cannot be written ({error.strerror}); make room or make it writable, or write the page elsewhere "
            "with ledger report --format html > report.html."
        ) from error
    options.say(f"The page is {place}")
    if not webbrowser.open(place.as_uri()):
        raise LedgerError(f"No browser could be started here; open {place} in one.")
