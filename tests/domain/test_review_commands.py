"""Commands by which an agent reviews, and what only looks like one."""

from __future__ import annotations

import pytest

from ledger.domain.review_commands import Reviewed, command_named, request_named, requests_reviewed


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("gh pr review 12 --approve", [12]),
        ("gh pr review --approve 12", [12]),
        ("gh pr review --comment -b 'see 7'", [None]),
        ("gh pr review -R o/r --body 'see 7' 12 -a", [12]),
        ("gh pr review --body='see 7' -a", [None]),
        ("gh pr review --approve --body 'a text that does not", [None]),
        ("gh pr review --body 'first; then\nsecond \"so\"' 12", [12]),
        ('gh pr review -b "say \\"no\\" & go" fix -r', ["fix"]),
        ("cd x && gh pr review #12 -r -b no; gh pr review 13 --approve", [12, 13]),
        ("GH_TOKEN=x gh pr review https://github.com/o/r/pull/45 --approve", [45]),
        ("gh pr review https://github.com/o/r/pull/45/files -a", [45]),
        ("glab mr approve 8", [8]),
        ("glab mr approve !8 && glab mr approve", [8, None]),
        ("gh pr review fix/login --approve", ["fix/login"]),
        ("gh  pr  review 12abc", ["12abc"]),
        ("gh pr review --approve ann:fix", ["fix"]),
        ('gh pr review "$PR" --approve', []),
        ("gh pr review $(gh pr list -q .) --approve", []),
        ("gh pr review ann@example.org", []),
        ("gh pr view 12", []),
        ("gh pr review-comments 12", []),
        ("echo 'gh pr review 12'", []),
        ("git log --grep review", []),
    ],
)
def test_a_verdict_names_its_request_or_branch_or_is_on_the_one_checked_out(
    command: str, wanted: list[int | str | None]
) -> None:
    assert requests_reviewed(command) == [
        Reviewed(branch=each) if isinstance(each, str) else Reviewed(each) for each in wanted
    ]


def test_a_number_beyond_all_requests_is_a_branch_of_that_name() -> None:
    assert requests_reviewed("gh pr review " + "9" * 30) == [Reviewed(branch="9" * 30)]


def prompt(name: str, arguments: str = "") -> str:
    return (
        f"<command-message>x is running</command-message>\n<command-name>{name}</command-name>\n"
        f"<command-args>{arguments}</command-args>"
    )


def test_a_command_is_named_with_its_slash() -> None:
    assert command_named(prompt("/review")) == "/review"
    assert command_named(prompt("kit:code-review")) == "/kit:code-review"
    assert command_named("please run /review") == ""
    assert command_named("<command-name></command-name>") == ""


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("12", 12),
        ("#12 carefully", 12),
        ("https://github.com/o/r/pull/45", 45),
        ("please look at !7", 7),
        ("the 3rd file", None),
        ("v2", None),
        ("", None),
        ("9" * 20, None),
    ],
)
def test_a_command_may_be_about_a_request(arguments: str, wanted: int | None) -> None:
    assert request_named(prompt("/review", arguments)) == wanted


def test_a_prompt_without_a_command_is_about_none() -> None:
    assert request_named("12") is None
