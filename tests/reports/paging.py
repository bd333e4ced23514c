"""Reports as a page shows them: with every kind of row, and with names that try to be more than names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ledger.domain.conclusions import OwnSpend
from ledger.domain.page import Loop, PageSums, Portion, Timeline
from ledger.domain.report import Filters, Report, ordered
from ledger.domain.sums import GroupSums
from tests.domain.test_report import BUCKETS, COVERAGE, NANO, sums

HOSTILE = (
    "</script><script>document.title='run'</script>",
    "<img src=x onerror=document.title='run'>",
    "\x1b[31mred\x1b]0;title\x07",
    '=HYPERLINK("https://example.org","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "abc\u202egnp.exe\u2066\u200b",
    "<!--<script>${'$data'}`",
    "long " + "w" * 10_000,
)
"""Names and titles: markup, scripts, terminal codes, formulas, marks that turn the direction, ten thousand letters."""


def loop(model: str | None, decided: int, accepted: int, attempts: int, basis: str = "request") -> Loop:
    """Retries of which each failed try cost a quarter."""
    failed = attempts - accepted
    return Loop(
        basis=basis,
        model=model,
        decided=decided,
        accepted=accepted,
        attempts=attempts,
        failed_runs=failed,
        failed_attempts=failed,
        failed_nusd=failed * NANO // 4,
        first_pass_yes=accepted // 2,
        first_pass_no=decided - accepted // 2,
        first_pass_unknown=0,
    )


def parted(part: str, *rows: GroupSums) -> list[GroupSums]:
    """The rows as those of one part."""
    return [replace(row, part=part) for row in rows]


GROUPS = (
    sums("claude-opus-4-8", wasted=8 * NANO),
    sums("claude-haiku-4-5", each=3, accepted=15),
    sums("gpt-5.4", n=20, accepted=18, each=2.5),
    sums("nothing-accepted", n=6, accepted=0),
    sums(None, n=2, accepted=1),
    sums("price-unknown", n=12, known=2),
    sums("claude-opus-4-8", n=8, accepted=6, basis="branch"),
    sums("claude-opus-4-8", n=9, accepted=9, basis="trunk"),
)
PARTS = (
    *parted("feat", sums("claude-opus-4-8", n=20, accepted=12), sums("claude-haiku-4-5", n=20, each=4, accepted=5)),
    *parted("fix", sums("claude-opus-4-8", n=20, accepted=18, each=0.04), sums("claude-haiku-4-5", n=20, accepted=10)),
    *parted("docs", sums("gpt-5.4", n=3, accepted=3)),
)
REPORT = Report(
    as_of=datetime(2026, 4, 1, 23, 59, tzinfo=UTC),
    filters=Filters(),
    cost_kind="list",
    maturity=timedelta(days=14),
    headline="claude-opus-4-8 costs least per accepted change: $1.33. The rest is told below.",
    groups=ordered(GROUPS),
    by_part=ordered(PARTS),
    buckets=BUCKETS,
    coverage=replace(COVERAGE, skipped=(("line", "file at 3", "because"),), unattributed=(("no reason", 4 * NANO),)),
    page=PageSums(
        Timeline(
            "week",
            (
                Portion("2026-03-02", "accepted", 2 * NANO),
                Portion("2026-03-02", "unattributed", 4 * NANO),
                Portion("2026-03-16", "accepted", 3 * NANO),
                Portion("2026-03-16", "rejected", NANO),
            ),
        ),
        (loop("claude-opus-4-8", 8, 6, 7, "branch"), loop("claude-opus-4-8", 40, 30, 44), loop(None, 2, 0, 3)),
    ),
    is_settled=True,
    next_step="",
)
_ROLES = (("claude-opus-4-8", "implement"), ("gpt-5.4", "review"), (None, None))
OWN = replace(
    REPORT,
    filters=Filters(credit="own"),
    groups=(),
    by_part=(),
    spends=tuple(
        OwnSpend(
            model=model,
            role=role,
            part=None,
            changes=3,
            calls=9,
            calls_unpriced=1,
            accepted_nusd=5 * NANO,
            failed_nusd=NANO,
            undecided_nusd=0,
            unattributed_nusd=0,
        )
        for model, role in _ROLES
    ),
)
"""The same under credit `own`."""
EMPTY = replace(
    REPORT,
    groups=(),
    by_part=(),
    buckets=replace(BUCKETS, accepted=0, rejected=0, unattributed=0, total=0),
    coverage=COVERAGE,
    page=PageSums(Timeline("week", ()), ()),
    headline="Nothing to report yet.",
    next_step="run ledger update.",
    is_settled=False,
)
"""A ledger with nothing in it."""


def hostile() -> Report:
    """A report where every text from outside is one of HOSTILE."""
    return replace(
        REPORT,
        headline=f"One model only: $1.00; the dearest change cost $2.00 ({HOSTILE[0]} {HOSTILE[2]} {HOSTILE[5]}).",
        groups=ordered([sums(name, n=10 + place, accepted=6) for place, name in enumerate(HOSTILE)]),
        by_part=ordered([replace(sums("opus", n=10, accepted=6), part=name) for name in HOSTILE]),
        coverage=replace(COVERAGE, skipped=tuple((name, name, name) for name in HOSTILE)),
        page=replace(PageSums(Timeline("week", ()), ()), loops=tuple(loop(name, 12, 6, 9) for name in HOSTILE)),
    )
