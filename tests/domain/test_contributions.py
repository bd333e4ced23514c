"""Who took part, as messages and identities say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.contributions import Identity, agent_of, recognise
from ledger.domain.messages import read_message
from ledger.domain.repositories import forge_of, normalise_remote

ANN = Identity("Ann", "ann@example.org")


def credits_of(message: str, author: Identity = ANN) -> list[tuple[str, str, str]]:
    return [(each.role, each.agent, each.model_raw) for each in recognise(message, author, ANN)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "Co-Authored-By: Claude Opus 4.8 (1M context) <noreply@anthropic.com>",
            ("implement", "claude-code", "Claude Opus 4.8"),
        ),
        ("Co-Authored-By: Claude <noreply@anthropic.com>", ("implement", "claude-code", "")),
        (
            "Co-Authored-By: Claude (claude-opus-4-6) <noreply@anthropic.com>",
            ("implement", "claude-code", "claude-opus-4-6"),
        ),
        (
            "co-authored-by: Claude Code 2.1.63 / Claude Opus 4.6 <noreply@anthropic.com>",
            ("implement", "claude-code", "Claude Opus 4.6"),
        ),
        (
            "Co-authored-by: aider (openrouter/anthropic/claude-sonnet-4.5) <aider@aider.chat>",
            ("implement", "aider", "openrouter/anthropic/claude-sonnet-4.5"),
        ),
        ("Assisted-by: OpenCode:qwen3.6:27b-coding-nvfp4", ("implement", "opencode", "qwen3.6:27b-coding-nvfp4")),
        ("Assisted-by: unknown:gpt-5.4", ("implement", "", "gpt-5.4")),
        ("Assisted-by: Opus 4.7", ("implement", "", "Opus 4.7")),
        ("Assisted-by: Claude Code (Claude Opus 4.6)", ("implement", "claude-code", "Claude Opus 4.6")),
        ("Ledger-Scout: claude-code:claude-haiku-4-5", ("scout", "claude-code", "claude-haiku-4-5")),
        (
            "Co-authored-by: gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@users.noreply.github.com>",
            ("review", "gemini-code-assist", ""),
        ),
        ("Generated with [Claude Code](https://claude.com/claude-code)", ("implement", "claude-code", "")),
    ],
)
def test_lines(line: str, found: tuple[str, str, str]) -> None:
    assert credits_of(f"subject\n\nbody\n\n{line}\n") == [found]


@pytest.mark.parametrize(
    "line",
    [
        "Assisted-by: Waldek Maleska <waldek@example.org>",
        "Co-authored-by: Kurt <kurt@anthropic.com>",
        "Co-authored-by: Paul <paul@aider.chat>",
        "Co-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "Signed-off-by: Claude <noreply@anthropic.com>",
        "see Co-Authored-By: Claude <noreply@anthropic.com>",
    ],
)
def test_people_bots_and_mentions_are_no_agents(line: str) -> None:
    assert credits_of(f"subject\n\n{line}\n") == []


def test_trailers_in_the_middle_of_a_squash_count_and_repeat_once() -> None:
    line = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>"
    body = f"* one\n\n{line}\n\n* two\n\n{line.lower()}\n\n---------\n\nx"
    assert credits_of(body) == [("implement", "claude-code", "Claude Opus 4.6")]


def test_a_credit_without_a_model_yields_to_one_with_it() -> None:
    author = Identity("Claude", "noreply@anthropic.com")
    assert credits_of("x\n\nAssisted-by: claude-code:opus-4-8", author) == [("implement", "claude-code", "opus-4-8")]
    assert credits_of("x", author) == [("implement", "claude-code", "")]


def test_aider_s_mark_on_a_name() -> None:
    assert credits_of("x", Identity("Ann (aider)", "ann@example.org")) == [("implement", "aider", "")]


@given(st.text(max_size=400), st.text(max_size=40), st.text(max_size=40))
def test_any_message_is_taken(message: str, name: str, email: str) -> None:
    for credit in recognise(message, Identity(name, email), ANN):
        assert credit.model_raw.isprintable()
        assert len(credit.model_raw) <= 120
    read_message(message.partition("\n")[0], message)


def test_a_megabyte_does_no_harm() -> None:
    assert credits_of("x\n\nAssisted-by: " + "a" * 1_000_000) == []
    assert agent_of("a" * 1_000_000) is None


@pytest.mark.parametrize(
    ("subject", "body", "number", "branch"),
    [
        ("Merge pull request #12 from owner/feat/x", "", 12, "feat/x"),
        ("Fix crash (#7) (#12)", "", 12, None),
        ('Revert "Add (#12)" (#15)', "", 15, None),
        ("Fix it (fixes #12)", "", None, None),
        ("Merge branch 'x' into 'main'", "See merge request group/name!34", 34, "x"),
        ("Title", "See merge request !35", 35, None),
        ("Merged in feat/x (pull request #9)", "", 9, "feat/x"),
        ("Pull request #8: title", "", 8, None),
        ("Merged PR 6: title", "", 6, None),
        ("Merge branch 'feat/x'", "", None, "feat/x"),
        ("Merge remote-tracking branch 'origin/feat/x'", "", None, "feat/x"),
        ("Add (#12) more", "", None, None),
    ],
)
def test_requests_and_branches_that_a_message_names(
    subject: str, body: str, number: int | None, branch: str | None
) -> None:
    said = read_message(subject, body)
    assert (said.request_number, said.merged_branch) == (number, branch)


def test_reverts_copies_tasks_and_sessions_that_a_body_names() -> None:
    said = read_message(
        "x",
        "This reverts commit 0123456789abcdef0123456789abcdef01234567, reversing\nchanges made to abc.\n"
        "(cherry picked from commit fedcba9876543210fedcba9876543210fedcba98)\n\n"
        "Ledger-Task: Fix\nClaude-Session: https://claude.ai/code/session_1\nLedger-Session: s-2\n",
    )
    assert said.reverts == ("0123456789abcdef0123456789abcdef01234567",)
    assert said.picked_from == "fedcba9876543210fedcba9876543210fedcba98"
    assert (said.task_type, said.sessions) == ("fix", ("session_1", "s-2"))


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("git@github.com:owner/name.git", "github.com/owner/name"),
        ("https://user:secret@GitHub.com/owner/name", "github.com/owner/name"),
        ("ssh://git@host.example:2222/group/sub/name.git/", "host.example/group/sub/name"),
        ("/srv/git/name.git", None),
        ("../name", None),
        ("C:\\work\\name", None),
        ("file:///srv/name.git", None),
    ],
)
def test_remotes(url: str, remote: str | None) -> None:
    assert normalise_remote(url) == remote


def test_forges_are_told_by_their_host() -> None:
    assert forge_of("github.com/o/n") == "github"
    assert forge_of("gitlab.example.org/o/n") == "gitlab"
    assert forge_of("git.example.org/github/n") is None
