"""Lines of others: what counts, what is kept, and what is refused in a sentence."""

from __future__ import annotations

import json
from typing import Any

from ledger.domain.facts import Contribution, Entry
from ledger.domain.reading import Skip
from ledger.domain.sharing import LONGEST, UNCONFIRMED
from ledger.sources.shared import Heard, SharedFile, read_shared

CLONE = "a" * 16
AT = "2026-03-01T09:00:00Z"


def line(kind: str, by: str = CLONE, v: int = 1, repository: tuple[str, ...] = ("host/a/b",), **body: Any) -> str:
    return json.dumps({"v": v, "kind": kind, "by": by, "repository": repository, "body": body})


def contribution(subject: str = "c1", **given: Any) -> str:
    return line("contribution", subject=subject, model_raw="opus", at=AT, **given)


def read(*lines: str, origin: str = f"w/{CLONE}") -> tuple[list[Heard], list[str]]:
    rows = list(read_shared([SharedFile("there", origin, lines)], lambda names: "R" if "host/a/b" in names else None))
    return [row for row in rows if isinstance(row, Heard)], [row.why for row in rows if isinstance(row, Skip)]


def test_a_line_that_its_origin_may_say_is_heard() -> None:
    (heard,), skipped = read(contribution(), "", "  ")
    assert isinstance(heard.fact, Contribution)
    assert (heard.origin, heard.fact.repository_id, skipped) == (f"w/{CLONE}", "R", [])


def test_what_does_not_fit_is_refused_and_the_rest_goes_on() -> None:
    heard, skipped = read(
        "no JSON",
        "[1]",
        "[" * 100_000,
        contribution("x" * LONGEST),
        line("contribution", by="b" * 16, subject="c1", at=AT),
        line("contribution", subject="c1", at=AT, repository=("host/else/where",)),
        contribution(nonsense=1),
        line("usage", clone_id=CLONE, session="s", at=AT, sums=[[["2026-03-01"], [1]]]),
        contribution(),
    )
    assert len(heard) == 1
    assert [why.partition(": ")[0] for why in skipped] == [f"there line {number}" for number in range(1, 9)]
    assert "longer than 262,144" in skipped[3]
    assert "speaks for another clone" in skipped[4]
    assert "usage.sums" in skipped[7]


def test_a_run_told_by_a_clone_is_kept_and_counted_nowhere() -> None:
    run = line("run", run="7", oid="c1", conclusion="passed", at=AT)
    (heard,), skipped = read(run)
    assert isinstance(heard.fact, Entry)
    assert (heard.fact.kind, heard.fact.text) == (UNCONFIRMED, run)
    assert "only from CI or a forge" in skipped[0]
    (confirmed,), nothing = read(run, origin="ci")
    assert type(confirmed.fact).__name__ == "Run"
    assert nothing == []


def test_a_later_version_is_kept_and_said() -> None:
    (heard,), skipped = read(line("wish", v=2))
    assert isinstance(heard.fact, Entry)
    assert "later version" in skipped[0]


def test_of_very_many_refusals_the_first_are_named_and_all_are_counted() -> None:
    heard, skipped = read(*["no JSON"] * 50, contribution())
    assert len(heard) == 1
    assert len(skipped) == 21
    assert skipped[-1].startswith("50 lines were left out")


def test_a_file_that_is_too_large_is_named() -> None:
    (row,) = read_shared([SharedFile("there", "ci", None)], lambda _: None)
    assert isinstance(row, Skip)
    assert row.where == "there"
