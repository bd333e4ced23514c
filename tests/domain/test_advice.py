"""What a person is told, and when: at the threshold and not before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.domain import advice
from ledger.domain.diagnosis import CommitsState, Finding, Flag, Group, PostingState

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
POSTING = PostingState(
    interpreter="/venv/bin/python",
    has_interpreter=True,
    drain_error="",
    database="/shop/.git/ledger/ledger.db",
    schema="0002",
    is_readable=True,
    posted_at=NOW - timedelta(days=2),
    lines_waiting=0,
    logs_read_at=NOW,
    flags=(),
)


def _codes(findings: object) -> list[tuple[str, str]]:
    assert not isinstance(findings, Finding)
    found = list(findings)  # type: ignore[call-overload]
    for finding in found:
        assert finding.says.endswith(".")
        assert "\n" not in finding.says
    return [(finding.code, finding.severity) for finding in found]


def test_nothing_is_advised_where_all_is_well() -> None:
    assert _codes(advice.about_posting(POSTING, NOW)) == []
    assert _codes(advice.about_drainer(POSTING)) == []


@pytest.mark.parametrize(
    ("lines", "posted_at", "told"),
    [
        (1, NOW - timedelta(hours=25), True),
        (1, NOW - timedelta(hours=24), False),
        (1, None, True),
        (0, None, False),
    ],
)
def test_lines_that_wait_for_more_than_a_day_are_told(lines: int, posted_at: datetime | None, told: bool) -> None:
    state = replace(POSTING, lines_waiting=lines, posted_at=posted_at)
    assert (("lines-waiting", "advice") in _codes(advice.about_posting(state, NOW))) is told


def test_one_line_waits_and_two_lines_wait() -> None:
    one, two = (next(advice.about_posting(replace(POSTING, lines_waiting=n), NOW)).says for n in (1, 2))
    assert one == "1 line of the journal waits to be posted, since 2026-03-29; run ledger update."
    assert two.startswith("2 lines of the journal wait ")


@pytest.mark.parametrize(("days", "told"), [(20, False), (21, True), (40, True)])
def test_logs_that_were_not_read_for_twenty_days_are_told(days: int, told: bool) -> None:
    found = list(advice.about_logs(NOW - timedelta(days=days), NOW))
    assert bool(found) is told
    assert all(f"{days} days ago" in finding.says for finding in found)


def test_logs_that_were_never_read_are_told() -> None:
    assert _codes(advice.about_logs(None, NOW)) == [("logs-unread", "advice")]


def test_of_a_ledger_that_cannot_be_read_nothing_is_said() -> None:
    state = replace(POSTING, is_readable=False, lines_waiting=9, posted_at=None, logs_read_at=None)
    assert _codes(advice.about_posting(state, NOW)) == []


def test_a_missing_interpreter_is_advice_and_one_that_is_gone_is_broken() -> None:
    assert _codes(advice.about_drainer(replace(POSTING, interpreter="", has_interpreter=False))) == [
        ("no-interpreter", "advice")
    ]
    assert _codes(advice.about_drainer(replace(POSTING, has_interpreter=False))) == [("interpreter-gone", "broken")]


def test_flags_must_say_what_the_configuration_says() -> None:
    same, other = Flag("ledger.trailers", "/t", "true", "true"), Flag("ledger.requireModel", "/r", "agents", "false")
    (found,) = advice.about_flags([same, other])
    assert found.severity == "broken"
    assert found.says.startswith("ledger.requireModel is agents, but /r, which the hook looks at, says false;")


def test_only_commits_made_here_after_the_hooks_are_told() -> None:
    groups = [Group(reason, 2, ("0123456789", "a"), NOW) for reason in ("here", "before", "elsewhere", "unknown")]
    (found,) = advice.about_commits(CommitsState(200, 8, tuple(groups), NOW))
    assert found.says.startswith("2 commits of the last 200 were made here without a hook, the last on 2026-03-31")
    assert "(0123456)" in found.says
    (single,) = advice.about_commits(CommitsState(200, 1, (replace(groups[0], count=1),), NOW))
    assert single.says.startswith("1 commit of the last 200 was made here")


@pytest.mark.parametrize(("days", "told"), [(None, False), (20, False), (21, True)])
def test_a_gap_in_reading_the_logs_is_told_afterwards(days: int | None, told: bool) -> None:
    said = advice.logs_gap(None if days is None else NOW - timedelta(days=days), NOW)
    assert bool(said) is told
    assert said == "" or said.startswith(f"The agents' logs had not been read for {days} days")


@pytest.mark.parametrize(
    ("error", "posted_at", "told"),
    [
        ("2026-03-30T08:00:00Z DatabaseUnusable: the disk is full.", datetime(2026, 3, 30, 7, tzinfo=UTC), True),
        ("2026-03-30T08:00:00Z DatabaseUnusable: the disk is full.", datetime(2026, 3, 30, 9, tzinfo=UTC), False),
        ("2026-03-30T08:00:00Z DatabaseUnusable: the disk is full.", None, True),
        ("", None, False),
        ("torn", None, False),
    ],
)
def test_an_error_of_the_drainer_is_told_until_somebody_posts(
    error: str, posted_at: datetime | None, told: bool
) -> None:
    found = list(advice.about_drain_error(replace(POSTING, drain_error=error, posted_at=posted_at)))
    assert [finding.severity for finding in found] == ["broken"] * told
    assert all("(DatabaseUnusable: the disk is full)" in finding.says for finding in found)


def test_what_sharing_beside_a_push_could_not_do_is_told() -> None:
    (finding,) = advice.about_share_error("2026-03-01T09:00:00Z LedgerError: origin cannot be reached.")
    assert finding.severity == "advice"
    assert "(LedgerError: origin cannot be reached)" in finding.says
    assert list(advice.about_share_error("")) == []
