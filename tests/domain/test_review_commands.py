"""Commands by which an agent reviews, and what only looks like one."""

from __future__ import annotations

import pytest

from ledger.domain.review_commands import command_named, request_named, requests_reviewed


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("gh pr review 12 --approve", [12]),
        ("gh pr review --comment -b 'see 7'", [None]),
        ("cd x && gh pr review #12 -r -b no; gh pr review 13 --approve", [12, 13]),
        ("GH_TOKEN=x gh pr review https://github.com/o/r/pull/45 --approve", [45]),
        ("gh  pr  review 12abc", [None]),
        ("glab mr approve 8", [8]),
        ("gh pr view 12", []),
        ("gh pr review-comments 12", []),
        ("echo 'gh pr review 12'", []),
        ("git log --grep review", []),
        ("gh pr review " + "9" * 30, [None]),
    ],
)
def test_a_verdict_names_its_request_or_that_of_the_branch(command: str, wanted: list[int | None]) -> None:
    assert requests_reviewed(command) == wanted


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
