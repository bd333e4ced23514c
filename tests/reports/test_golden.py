"""Every format of the small demo's report, to the letter; `python -m tests.reports.test_golden` writes them anew."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

import pytest

from ledger.posting.reporting import make_report
from ledger.reports import FORMATS, render
from ledger.store.engine import open_ledger
from tests.posting.worlds import NOW, small_world, wanted, world

__all__ = ["wanted", "world"]  # fixtures

GOLDEN = Path(__file__).parent / "golden"
FILES = {"table": "demo.txt", "json": "demo.json", "csv": "demo.csv", "markdown": "demo.md", "html": "demo.page.json"}


def written(database: Path, form: str) -> str:
    """The report; of the page the figures that it carries, since the rest of it is ours and a library's."""
    ledger = open_ledger(str(database))
    text = render(make_report(ledger, NOW, has_page=form == "html"), form)
    ledger.close()
    if form == "html":
        (figures,) = re.findall(r'id="figures">(.*?)</script>', text)
        text = json.dumps(json.loads(figures), indent=1, ensure_ascii=True) + "\n"
    return text


@pytest.mark.parametrize("form", FORMATS)
def test_the_demo_s_report_is_as_it_was(wanted: tuple[str, Path], form: str) -> None:
    assert written(wanted[1], form) == (GOLDEN / FILES[form]).read_text()


def main() -> None:
    """Write the files anew, to be looked at before they are committed."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "ledger.db"
        small_world(Path(folder) / "demo").post(database)
        for form, name in FILES.items():
            (GOLDEN / name).write_text(written(database, form))
            print(GOLDEN / name, file=sys.stderr)


if __name__ == "__main__":
    main()
