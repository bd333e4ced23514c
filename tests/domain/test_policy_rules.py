"""Each rule of a policy: what it finds, what it leaves alone, and what it cannot judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

import pytest

from ledger.domain.conclusions import Change
from ledger.domain.policed import File, Finding, Policed
from ledger.domain.policy import (
    Band,
    CostRule,
    PathRule,
    Policy,
    ReviewRule,
    RoleRule,
    SizeRule,
    SourceRule,
    TrailerRule,
)
from ledger.domain.policy_rules import (
    check,
    check_cost,
    check_paths,
    check_roles,
    check_size,
    check_tests,
    check_trailers,
)
from tests.domain.building import START
from tests.domain.policing import GPT, HAIKU, OPUS, books, claim, made, policed, spend

ROLES = RoleRule("fail", (("claude-haiku", ("scout",)), ("gpt-*", ("review",))))
USD = 10**9


def told(findings: Iterator[Finding]) -> list[tuple[str, str, str]]:
    return [(each.level, each.commit, each.reason) for each in findings]


# -- roles


def test_a_model_in_a_role_that_it_does_not_have_is_found_in_its_commit() -> None:
    found = policed(made("a", claim(OPUS), claim(HAIKU, "scout")), made("b", claim(HAIKU)))
    assert told(check_roles(ROLES, found)) == [
        ("fail", "b", "claude-haiku-4-5 implements here; the policy lets it scout.")
    ]


def test_a_role_for_none_is_said_so() -> None:
    (finding,) = check_roles(RoleRule("warn", (("*", ()),)), policed(made("a", claim(GPT, "review"))))
    assert finding.reason == "gpt-5.4 reviews here; the policy lets it do nothing."


def test_calls_tell_of_a_role_that_no_commit_says() -> None:
    known = books(
        "a", spends=[spend(HAIKU, "implement"), spend(HAIKU, "scout"), spend("", "implement"), spend(GPT, "")]
    )
    found = policed(made("a", claim(OPUS)), books=known)
    (finding,) = check_roles(ROLES, found)
    assert (finding.commit, "by its calls" in finding.reason) == ("", True)
    both = policed(made("a", claim(HAIKU)), books=known)
    assert [each.commit for each in check_roles(ROLES, both)] == ["a"]


def test_an_agent_without_a_model_is_counted_and_open() -> None:
    nameless = claim(None, agent="copilot")
    found = policed(made("a", nameless), made("b", nameless), made("c"), made("m", nameless, parents="a b"))
    assert told(check_roles(ROLES, found)) == [
        ("unknown", "", "copilot had a part in 2 commits, but no model is named.")
    ]


# -- trailers


def test_a_commit_of_a_model_lacks_what_is_required() -> None:
    rule = TrailerRule("fail", ("Ledger-Task", "Assisted-by"), "models")
    found = policed(
        made("a", claim(OPUS), trailers=["ledger-task", "assisted-by"]),
        made("b", claim(OPUS), trailers=["assisted-by"]),
        made("c", claim(OPUS)),
        made("person"),
        made("review", claim(GPT, "review"), files=()),
        made("m", claim(OPUS), parents="a b"),
    )
    assert told(check_trailers(rule, found)) == [
        ("fail", "c", "It lacks Ledger-Task and Assisted-by."),
        ("fail", "b", "It lacks Ledger-Task."),
    ]


def test_of_all_commits_it_may_be_required() -> None:
    rule = TrailerRule("warn", ("Signed-off-by",), "all")
    found = policed(made("a"), made("b", trailers=["signed-off-by"]), made("m", parents="a b"))
    assert [each.commit for each in check_trailers(rule, found)] == ["a"]


# -- size


@pytest.mark.parametrize(
    ("files", "lines", "reasons"),
    [
        (2, 30, []),
        (1, None, ["It changes 2 files; the policy wants at most 1."]),
        (None, 29, ["It changes 30 lines; the policy wants at most 29."]),
        (1, 1, ["It changes 2 files; the policy wants at most 1.", "It changes 30 lines; the policy wants at most 1."]),
    ],
)
def test_size_is_that_of_the_whole_without_what_is_generated(
    files: int | None, lines: int | None, reasons: list[str]
) -> None:
    found = policed(made("a", files=[(10, "src/a.py"), (20, "src/b.py"), (9000, "web/package-lock.json")]))
    rule = SizeRule("warn", files, lines, ("*-lock.json",))
    assert [each.reason for each in check_size(rule, found)] == reasons


# -- tests


TESTED: list[tuple[list[File], int]] = [
    ([(5, "src/a.py")], 1),
    ([(5, "src/a.py"), (1, "tests/test_a.py")], 0),
    ([(5, "README.md"), (5, ".github/workflows/ci.yml"), (1, "pyproject.toml")], 0),
    ([(5, "data/rates.json"), (1, ".gitignore"), (5, "config/app.yaml")], 0),
    ([(0, "src/logo.png")], 0),
]


@pytest.mark.parametrize(("files", "count"), TESTED)
def test_source_wants_tests_and_nothing_else_does(files: Sequence[File], count: int) -> None:
    found = policed(made("a", files=files))
    assert len(list(check_tests(SourceRule("fail", None, None, ()), found))) == count


def test_a_task_that_changes_no_behaviour_needs_no_test() -> None:
    found = policed(made("a", files=[(5, "src/a.py"), (5, "src/b.py")]), task_type="refactor")
    assert list(check_tests(SourceRule("fail", None, None, ("refactor",)), found)) == []
    assert told(check_tests(SourceRule("fail", None, None, ("style",)), found)) == [
        ("fail", "", "src/a.py and 1 other file changed, and no test did.")
    ]


def test_patterns_say_what_source_and_tests_are() -> None:
    rule = SourceRule("fail", ("lib/",), ("checks/",), ())
    assert list(check_tests(rule, policed(made("a", files=[(5, "src/a.py")])))) == []
    assert list(check_tests(rule, policed(made("a", files=[(5, "lib/a.py"), (5, "checks/a.sh")])))) == []
    (finding,) = check_tests(rule, policed(made("a", files=[(5, "lib/a.py"), (5, "tests/test_a.py")])))
    assert finding.reason == "lib/a.py changed, and no test did."


# -- paths


def test_what_goes_together_changes_together() -> None:
    rule = PathRule("fail", ("api/", "!api/README.md"), ("CHANGELOG.md", "news/"), "users read it")
    (finding,) = check_paths(rule, policed(made("a", files=[(1, "src/a.py"), (1, "api/v1.py")])))
    assert finding.reason == "api/v1.py changed, and nothing in CHANGELOG.md or news/ did: users read it."
    for other in ("CHANGELOG.md", "news/1.txt"):
        assert list(check_paths(rule, policed(made("a", files=[(1, "api/v1.py"), (1, other)])))) == []
    assert list(check_paths(rule, policed(made("a", files=[(1, "api/README.md")])))) == []


# -- cost


BANDS = (("fix", Band(2 * USD, 5 * USD)), ("docs", Band(None, USD)))


def change(nusd: int, known: str = "known", task_type: str = "fix", **changed: Any) -> Change:
    kept: dict[str, Any] = dict.fromkeys(field.name for field in fields(Change))
    kept |= {"id": "c", "opened_at": START, "title": "fix: it", "number": 7, "branch": None, "has_model": True}
    return Change(**kept | {"nusd": nusd, "cost_known": known, "task_type": task_type} | changed)


def cost(*changes: Change, level: str = "fail", oids: str = "a") -> list[tuple[str, str, str]]:
    found = policed(made("a", claim(OPUS)), books=books(*oids.split(), changes=changes))
    return told(check_cost(CostRule(level, BANDS), found))


@pytest.mark.parametrize(
    ("nusd", "level", "found"),
    [(2 * USD, "fail", None), (2 * USD + 1, "fail", "warn"), (6 * USD, "fail", "fail"), (6 * USD, "warn", "warn")],
)
def test_beyond_its_bounds_a_cost_is_told_of(nusd: int, level: str, found: str | None) -> None:
    assert [each[0] for each in cost(change(nusd), level=level)] == ([found] if found else [])


def test_the_sentence_says_which_change_and_how_much() -> None:
    assert cost(change(6 * USD)) == [("fail", "", "'fix: it' (fix) cost $6.00; the policy wants at most $5.00.")]
    named = policed(made("a", claim(OPUS)), books=books("a", changes=[change(6 * USD)]))
    (finding,) = check_cost(CostRule("fail", BANDS), named)
    assert finding.remedy == "ledger show 7 tells what for."


@pytest.mark.parametrize("other", [change(9 * USD, task_type="feat"), change(9 * USD, has_model=False)])
def test_without_a_band_or_a_model_no_cost_is_judged(other: Change) -> None:
    assert cost(other) == []


def test_a_lower_bound_beyond_the_bound_is_enough_and_below_it_proves_nothing() -> None:
    assert cost(change(6 * USD, "partial")) == [
        ("fail", "", "'fix: it' (fix) cost at least $6.00; the policy wants at most $5.00.")
    ]
    ((level, _, reason),) = cost(change(USD, "partial"))
    assert (level, reason) == (
        "unknown",
        "What it cost is at least $1.00, since not all of its calls have a price.",
    )
    assert [each[0] for each in cost(change(0, "none"))] == ["unknown"]


def test_what_the_ledger_lacks_is_open() -> None:
    assert cost(oids="other") == [("unknown", "", "The ledger does not have 1 commit of it yet.")]
    assert told(check_cost(CostRule("fail", BANDS), policed(made("a")))) == [
        ("unknown", "", "What it cost is not in git, and there is no ledger here.")
    ]


# -- all of them


def test_all_rules_that_are_on_are_applied_and_failures_come_first() -> None:
    policy = Policy(
        roles=ROLES,
        review=ReviewRule("warn"),
        trailers=TrailerRule("warn", ("Ledger-Task",), "models"),
        cost=CostRule("fail", BANDS),
        size=SizeRule("warn", None, 5, ()),
        tests=SourceRule("fail", None, None, ()),
        paths=(PathRule("warn", ("src/",), ("a",), ""), PathRule("fail", ("src/",), ("b",), "")),
    )
    found: Policed = policed(made("a", claim(HAIKU)))
    findings = check(policy, found)
    assert [(each.rule, each.level) for each in findings] == [
        *(("roles", "fail"), ("tests", "fail"), ("paths", "fail")),
        *(("review", "warn"), ("trailers", "warn"), ("size", "warn"), ("paths", "warn")),
        ("cost", "unknown"),
    ]
    assert all(each.reason.endswith(".") and each.remedy.endswith(".") for each in findings)
    assert check(Policy(), found) == ()
