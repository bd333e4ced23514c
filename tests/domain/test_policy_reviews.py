"""High stakes are reviewed by a model of another provider, after the last commit, before merge; each false alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.policed import Finding, Policed
from ledger.domain.policy import ReviewRule
from ledger.domain.policy_reviews import check_review
from tests.domain.policing import GPT, OPUS, SONNET, books, claim, made, policed, review, spend

DOCS = [(3, "docs/a.md")]


def check(found: Policed) -> list[Finding]:
    return list(check_review(ReviewRule("fail"), found))


def one(found: Policed) -> tuple[str, str]:
    """Level and reason of the only finding, without what has high stakes."""
    (finding,) = check(found)
    assert finding.reason.startswith("Its stakes are high: auth (src/auth/token.py). ")
    return finding.level, finding.reason.partition("). ")[2]


def test_without_a_review_it_fails_at_its_last_implementing_commit() -> None:
    found = policed(made("a", claim(OPUS)), made("b", claim(OPUS), parents="a"), made("c", files=DOCS, parents="b"))
    (finding,) = check(found)
    assert one(found) == ("fail", "No model but claude-opus-4-8, which implemented it, is known to have seen it.")
    assert (finding.rule, finding.commit, finding.subject) == ("review", "b", "feat: b")
    assert "--trailer 'Ledger-Review: AGENT:MODEL'" in finding.remedy


def test_its_level_is_the_rule_s() -> None:
    assert [each.level for each in check_review(ReviewRule("warn"), policed(made("a", claim(OPUS))))] == ["warn"]


def test_normal_stakes_need_no_review() -> None:
    assert check(policed(made("a", claim(OPUS), files=[(9, "src/app.py")]))) == []


def test_documentation_and_tests_of_a_sensitive_area_need_none() -> None:
    files = [(9, "src/auth/README.md"), (9, "src/auth/test_token.py")]
    assert check(policed(made("a", claim(OPUS), files=files))) == []


@pytest.mark.parametrize("where", ["same", "empty", "docs", "merge"])
def test_a_final_review_of_another_provider_is_enough(where: str) -> None:
    """In the last commit itself, or in what comes after it and changes nothing that would need another one."""
    reviewed = claim(GPT, "review")
    commits = {
        "same": [made("a", claim(OPUS), reviewed)],
        "empty": [made("a", claim(OPUS)), made("b", reviewed, parents="a", files=())],
        "docs": [made("a", claim(OPUS)), made("b", reviewed, parents="a"), made("c", parents="b", files=DOCS)],
        "merge": [made("a", claim(OPUS)), made("b", claim(OPUS)), made("m", reviewed, parents="a b")],
    }
    assert check(policed(*commits[where])) == []


def test_a_review_by_the_same_provider_is_none() -> None:
    assert one(policed(made("a", claim(OPUS), claim(SONNET, "review")))) == (
        "fail",
        "claude-sonnet-4-6 reviewed it, of the provider that implemented it with claude-opus-4-8.",
    )


def test_a_reviewer_that_implemented_a_part_is_no_other() -> None:
    found = policed(made("a", claim(OPUS)), made("b", claim(GPT), claim(GPT, "review"), parents="a"))
    assert one(found)[0] == "fail"


def test_a_review_before_the_last_commit_came_too_early() -> None:
    found = policed(made("a", claim(OPUS), claim(GPT, "review")), made("b", claim(OPUS), parents="a"))
    assert one(found) == ("fail", "gpt-5.4 reviewed it before its last commit.")


def test_a_review_on_a_branch_beside_it_did_not_see_it() -> None:
    """It comes later in the list, but does not hold what the other side made."""
    found = policed(made("a", claim(OPUS)), made("b", claim(GPT, "review")), made("m", parents="a b"))
    assert one(found) == ("fail", "gpt-5.4 reviewed it before its last commit.")


def test_without_a_model_nothing_is_claimed() -> None:
    level, why = one(policed(made("a")))
    assert level == "unknown"
    assert why.startswith("No commit names a model")
    assert "a person's work may stay so" in check(policed(made("a")))[0].remedy
    assert check(policed(made("a", claim(GPT, "review")))) == []


def test_of_an_agent_whose_model_is_not_named_the_provider_is_open() -> None:
    nameless = claim(None, agent="copilot")
    level, why = one(policed(made("a", nameless, claim(GPT, "review"))))
    assert (level, "the provider of copilot" in why) == ("unknown", True)
    assert one(policed(made("a", nameless))) == (
        "fail",
        "No model but copilot, which implemented it, is known to have seen it.",
    )


def test_of_a_reviewer_whose_model_is_not_named_the_provider_is_open() -> None:
    found = policed(made("a", claim(OPUS), claim(None, "review", agent="coderabbit")))
    assert one(found) == ("unknown", "coderabbit reviewed it, whose provider is not known.")


def test_a_tag_says_who_reviewed_and_not_when() -> None:
    found = policed(made("a", claim(OPUS), claim(GPT, "review", evidence="tag")))
    assert one(found) == ("unknown", "gpt-5.4 reviewed it, but when, is not known.")


LEDGER = [
    ({}, []),
    ({"after": False}, ["fail", "before its last commit"]),
    ({"before": False}, ["fail", "after it was merged or closed"]),
    ({"after": None, "before": None}, ["unknown", "when, is not known"]),
    ({"evidence": "contribution"}, ["fail", "No model but"]),
]


@pytest.mark.parametrize(("changed", "words"), LEDGER)
def test_the_ledger_knows_reviews_that_no_trailer_tells_of(changed: dict[str, bool], words: list[str]) -> None:
    """A review by a trailer is judged where the trailer stands, whatever was concluded of it."""
    found = policed(made("a", claim(OPUS)), books=books("a", reviews=[review(GPT, **changed)]))  # type: ignore[arg-type]
    findings = check(found)
    assert [each.level for each in findings] == words[:1]
    assert all(word in findings[0].reason for word in words[1:])


def test_a_review_in_a_ledger_that_lacks_the_last_commit_proves_nothing() -> None:
    found = policed(
        made("a", claim(OPUS)), made("b", claim(OPUS), parents="a"), books=books("a", reviews=[review(GPT)])
    )
    assert one(found) == ("unknown", "gpt-5.4 reviewed it, but the ledger has not read the last commits yet.")


def test_calls_tell_of_implementers_that_no_commit_names() -> None:
    known = books("a", reviews=[review(GPT)], spends=[spend(GPT, "implement"), spend(SONNET, "review")])
    assert one(policed(made("a", claim(OPUS)), books=known))[0] == "fail"
    assert check(policed(made("a", claim(OPUS)), books=replace(known, spends=()))) == []


def test_what_is_told_is_harmless_on_a_screen() -> None:
    found = policed(made("a", claim("evil\x1b[2J\u202e", provider=None)))
    assert "\x1b" not in check(found)[0].reason
    assert "\u202e" not in check(found)[0].reason
