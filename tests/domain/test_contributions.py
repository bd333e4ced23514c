"""Who took part, as messages and identities say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.agents import agent_of
from ledger.domain.contributions import Identity, contributions, recognise
from ledger.domain.messages import read_message
from ledger.domain.repositories import forge_of, normalise_remote
from tests.domain.building import START

ANN = Identity("Ann", "ann@example.org")


Found = tuple[str, str, str, str]
"""Role, agent, model as written, evidence."""


def credits_of(message: str, author: Identity = ANN, subject: str = "work", committer: Identity = ANN) -> list[Found]:
    return [
        (each.role, each.agent, each.model_raw, each.evidence)
        for each in recognise(message, author, committer, subject)
    ]


def implements(agent: str, model: str = "", evidence: str = "coauthor") -> Found:
    return "implement", agent, model, evidence


CONVENTIONS = [
    # Claude Code, and who else signs with its address.
    ("Co-Authored-By: Claude <noreply@anthropic.com>", implements("claude-code")),
    ("Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>", implements("claude-code", "Claude Opus 4.6")),
    (
        "Co-Authored-By: Claude Opus 4.8 (1M context) <noreply@anthropic.com>",
        implements("claude-code", "Claude Opus 4.8 (1M context)"),
    ),
    ("Co-Authored-By: Claude Fable 5 <noreply@anthropic.com>", implements("claude-code", "Claude Fable 5")),
    ("Co-Authored-By: Claude Haiku 4.5 <noreply@anthropic.com>", implements("claude-code", "Claude Haiku 4.5")),
    (
        "co-authored-by: Claude Code 2.1.63 / Claude Opus 4.6 <noreply@anthropic.com>",
        implements("claude-code", "Claude Opus 4.6"),
    ),
    (
        "Co-Authored-By: Claude (claude-opus-4-6) <noreply@anthropic.com>",
        implements("claude-code", "claude-opus-4-6"),
    ),
    ("Coauthored-by: Claude <claude-code@anthropic.com>", implements("claude-code")),
    ("Co-Authored-By: Codex (agents teams) <noreply@anthropic.com>", implements("codex")),
    ("Co-Authored-By: goose <noreply@anthropic.com>", implements("goose")),
    ("Co-Authored-By: MiniMax M2.7 <noreply@anthropic.com>", implements("claude-code", "MiniMax M2.7")),
    ("Co-Authored-By: Gemini 2.5 Pro <noreply@anthropic.com>", implements("claude-code", "Gemini 2.5 Pro")),
    (
        "🤖 Generated with [Claude Code](https://claude.com/claude-code)",
        implements("claude-code", evidence="footer"),
    ),
    ("🤖 Generated with [Claude Code](https://claude.ai/code)", implements("claude-code", evidence="footer")),
    (
        "🤖 Generated with [Claude Code](https://claude.ai/code) and [Happy](https://example.org)",
        implements("claude-code", evidence="footer"),
    ),
    (
        "🤖 Generated with [Claude Code](https://claude.com/claude-code) (Opus 4.6)",
        implements("claude-code", "Opus 4.6", "footer"),
    ),
    ("Generated with Claude Code (Sonnet 4.5)", implements("claude-code", "Sonnet 4.5", "footer")),
    ("Claude-Session: https://claude.ai/code/session_01AB", implements("claude-code", evidence="trailer")),
    ('Claude-Cost-Metrics: {"cost": 1}', implements("claude-code", evidence="trailer")),
    # The others, in the order of the catalogue.
    ("Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>", implements("copilot")),
    ("Co-authored-by: Copilot App <223556219+Copilot@users.noreply.github.com>", implements("copilot")),
    ("Assisted-by: GitHub Copilot (Claude Sonnet 4.5)", implements("copilot", "Claude Sonnet 4.5", "trailer")),
    ("Assisted-by: Claude Opus 4.6 (via Claude Code)", implements("claude-code", "Claude Opus 4.6", "trailer")),
    (
        "Co-authored-by: copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>",
        implements("copilot"),
    ),
    ("Co-authored-by: Copilot <copilot@github.com>", implements("copilot")),
    ("Agent-Logs-Url: https://github.com/o/r/sessions/1-2", implements("copilot", evidence="trailer")),
    ("Copilot-Session: 0b1c", implements("copilot", evidence="trailer")),
    ("Co-authored-by: Cursor Agent <cursoragent@cursor.com>", implements("cursor")),
    ("Made-with: Cursor", implements("cursor", evidence="trailer")),
    ("Co-authored-by: OpenAI Codex <noreply@openai.com>", implements("codex")),
    ("Co-authored-by: Codex/GPT-5 Codex <codex@openai.com>", implements("codex", "GPT-5 Codex")),
    ("Generated with Codex (gpt-5.6-sol)", implements("codex", "gpt-5.6-sol", "footer")),
    (
        "Co-authored-by: gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@users.noreply.github.com>",
        ("review", "gemini-code-assist", "", "coauthor"),
    ),
    (
        "Co-authored-by: google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>",
        implements("jules"),
    ),
    (
        "Co-authored-by: Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
        implements("devin"),
    ),
    ("Devin Session: https://app.devin.ai/sessions/0b1c", implements("devin", evidence="trailer")),
    (
        "Co-authored-by: aider (openrouter/anthropic/claude-sonnet-4.5) <aider@aider.chat>",
        implements("aider", "openrouter/anthropic/claude-sonnet-4.5"),
    ),
    ("Co-authored-by: aider (ollama/thing) <noreply@aider.dev>", implements("aider", "ollama/thing")),
    ("Co-authored-by: Amp <amp@ampcode.com>", implements("amp")),
    ("Amp-Thread-ID: https://ampcode.com/threads/T-1", implements("amp", evidence="trailer")),
    ("Co-authored-by: opencode <noreply@opencode.ai>", implements("opencode")),
    ("💘 Generated with Crush", implements("crush", evidence="footer")),
    ("💘 Generated with [Crush](https://charm.land/crush)", implements("crush", evidence="footer")),
    ("Co-Authored-By: Crush <crush@charm.land>", implements("crush")),
    ("Assisted-by: Kimi K2 via Crush <crush@charm.land>", implements("crush", "Kimi K2", "trailer")),
    ("Assisted-by: House Model via Crush <crush@charm.land>", implements("crush", "House Model", "trailer")),
    ("Assisted-by: Crush:kimi-k2.6", implements("crush", "kimi-k2.6", "trailer")),
    (
        "Co-authored-by: factory-droid[bot] <138933559+factory-droid[bot]@users.noreply.github.com>",
        implements("factory"),
    ),
    ("Co-authored-by: Oz <oz-agent@warp.dev>", implements("warp")),
    ("Co-authored-by: Grok 4.6 <grok@x.ai>", implements("grok", "Grok 4.6")),
    ("Co-authored-by: Qwen-Coder <qwen-coder@alibabacloud.com>", implements("qwen-code")),
    ("Co-authored-by: Junie <junie@jetbrains.com>", implements("junie")),
    ("Co-authored-by: Amazon Q Developer <noreply@amazon.com>", implements("amazon-q")),
    ("Replit-Commit-Author: Agent", implements("replit", evidence="trailer")),
    ("Replit-Commit-Author: Assistant", implements("replit", evidence="trailer")),
    ("Replit-Commit-Session-Id: 0b1c", implements("replit", evidence="trailer")),
    ("Co-authored-by: openhands <openhands@all-hands.dev>", implements("openhands")),
    ("Co-authored-by: terragon-labs[bot] <terragon-labs[bot]@users.noreply.github.com>", implements("terragon")),
    ("Entire-Checkpoint: 0123456789ab", implements("", evidence="trailer")),
    ("Entire-Checkpoint: 0123456789ab\nEntire-Agent: Claude Code", implements("claude-code", evidence="trailer")),
    ("Entire-Session: 2026-01-13-0b1c", implements("", evidence="trailer")),
    ("Entire-Strategy: manual-commit", implements("", evidence="trailer")),
    ("Ai-assisted: true", implements("", evidence="trailer")),
    ("Ai-assisted: true\nCo-authored-by: Goose <opensource@block.xyz>", implements("goose")),
    ("AI-Session: 0b1c\nAI-Model: claude-opus-4-6\nAI-Lines: 12", implements("", "claude-opus-4-6", "trailer")),
    ("AI-Model: gpt-5.4\nAI-Tool: Cursor", implements("cursor", "gpt-5.4", "trailer")),
    ("AI-Tool: SuperCoder", implements("supercoder", evidence="trailer")),
    ("AI-Origin: generated", implements("", evidence="trailer")),
    ("AI-Origin: cursor", implements("cursor", evidence="trailer")),
    ("AI-Generated: yes", implements("", evidence="trailer")),
    ("Agent-Id: worker-7", implements("", evidence="trailer")),
    ("Model: gpt-5-codex", implements("", "gpt-5-codex", "trailer")),
    ("Assistant-model: Claude Sonnet 5", implements("", "Claude Sonnet 5", "trailer")),
    # The converging standard.
    (
        "Assisted-by: Claude:claude-3-opus coccinelle sparse",
        implements("claude-code", "claude-3-opus", "trailer"),
    ),
    ("Assisted-by: ChatGPTv5", implements("", "ChatGPTv5", "trailer")),
    ("Generated-by: Claude Code 2.1", implements("claude-code", evidence="trailer")),
    ("Assisted-by: Opus 4.7", implements("", "Opus 4.7", "trailer")),
    ("Assisted-by: Claude Opus 4.6", implements("", "Claude Opus 4.6", "trailer")),
    ("Assisted-by: ClaudeCode:claude-sonnet-5", implements("claude-code", "claude-sonnet-5", "trailer")),
    ("Assisted-by: ClaudeCode:claude-opus-4.8", implements("claude-code", "claude-opus-4.8", "trailer")),
    ("Assisted-by: OpenCode:Kimi-K2.5", implements("opencode", "Kimi-K2.5", "trailer")),
    (
        "Assisted-by: OpenCode:qwen3.6:27b-coding-nvfp4",
        implements("opencode", "qwen3.6:27b-coding-nvfp4", "trailer"),
    ),
    ("Assisted-by: Copilot: GPT-5.4", implements("copilot", "GPT-5.4", "trailer")),
    ("Assisted-by: Codex:gpt-5", implements("codex", "gpt-5", "trailer")),
    ("Assisted-by: House Agent:house-1", implements("house-agent", "house-1", "trailer")),
    ("Assisted-by: unknown:gpt-5.4", implements("", "gpt-5.4", "trailer")),
    ("Assisted-by: GPT5 via cursor", implements("cursor", "GPT5", "trailer")),
    ("Assisted-by: Claude Code (Claude Opus 4.6)", implements("claude-code", "Claude Opus 4.6", "trailer")),
    ("Ledger-Review: codex:gpt-5.4", ("review", "codex", "gpt-5.4", "trailer")),
    ("Ledger-Scout: claude-code:claude-haiku-4-5", ("scout", "claude-code", "claude-haiku-4-5", "trailer")),
]


@pytest.mark.parametrize(("line", "found"), CONVENTIONS)
def test_every_convention_is_recognised_at_the_end_of_a_message(line: str, found: Found) -> None:
    assert credits_of(f"body\n\n{line}\n") == [found]


@pytest.mark.parametrize(("line", "found"), CONVENTIONS)
def test_every_convention_is_recognised_in_the_middle_of_a_message(line: str, found: Found) -> None:
    assert credits_of(f"one\n\n{line}\r\n\n---\n\ntwo: three\n\nSigned-off-by: Ann <ann@example.org>\n") == [found]


@pytest.mark.parametrize(
    "line",
    [
        # People, those who work at these companies among them.
        "Assisted-by: Waldek Maleska <waldek@example.org>",
        "Assisted-by: Waldek Maleska",
        "Assisted-by: Pi Zhang",
        "Assisted-by: Bob: thanks",
        "Assisted-by: see https://example.org/z9",
        "Co-authored-by: Kurt <kurt@anthropic.com>",
        "Co-authored-by: Paul <paul@aider.chat>",
        "Co-authored-by: Sayan <sayan@openai.com>",
        "Co-authored-by: Claude Monet <claude@example.org>",
        # Service bots.
        "Co-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "Co-authored-by: gemini-cli-robot <gemini-cli-robot@google.com>",
        # Mentions, other trailers, other tools, and what says no.
        "Signed-off-by: Claude <noreply@anthropic.com>",
        "Reviewed-by: Copilot <223556219+Copilot@users.noreply.github.com>",
        "see Co-Authored-By: Claude <noreply@anthropic.com>",
        "> Co-Authored-By: Claude <noreply@anthropic.com>",
        "    Co-Authored-By: Claude <noreply@anthropic.com>",
        "This file is generated with Claude Code in mind.",
        "Generated with protoc",
        "Generated-by: protoc-gen-go 1.2",
        "Made-with: love",
        "Model: User has many posts",
        "Model: o3 is nice",
        "AI-Model: none",
        "AI-Model:",
        "AI-Tool: none",
        "Ai-assisted: false",
        "AI-Generated: no",
        "Human-Lines: 12",
        "Replit-Commit-Author: Ann",
        "Entire-Agent:",
        "Claude-Session:",
        "Ledger-Task: fix",
        "Co-authored-by: <noreply@anthropic.com",
    ],
)
def test_people_bots_and_mentions_are_no_agents(line: str) -> None:
    assert credits_of(f"body\n\n{line}\n") == []


@pytest.mark.parametrize(
    ("author", "found"),
    [
        (Identity("Claude", "noreply@anthropic.com"), implements("claude-code", evidence="author")),
        (
            Identity("Claude Opus 4.6", "noreply@anthropic.com"),
            implements("claude-code", "Claude Opus 4.6", "author"),
        ),
        (
            Identity("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com"),
            implements("copilot", evidence="author"),
        ),
        (
            Identity("Devin AI", "158243242+devin-ai-integration[bot]@users.noreply.github.com"),
            implements("devin", evidence="author"),
        ),
        (Identity("Cursor Agent", "cursoragent@cursor.com"), implements("cursor", evidence="author")),
        (Identity("openhands", "openhands@all-hands.dev"), implements("openhands", evidence="author")),
        (Identity("Ann (aider)", "ann@example.org"), implements("aider", evidence="author")),
    ],
)
def test_an_author_or_committer_is_evidence_without_any_trailer(author: Identity, found: Found) -> None:
    assert credits_of("", author) == [found]
    assert credits_of("", ANN, committer=author) == [found]


def test_a_service_that_commits_is_nobody() -> None:
    assert credits_of("", Identity("GitHub", "noreply@github.com")) == []
    assert credits_of("", Identity("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")) == []


def test_aider_begins_its_subjects_with_its_name() -> None:
    assert credits_of("", subject="aider: Add login") == [implements("aider", evidence="footer")]
    assert credits_of("", subject="fix aider: crash") == []


def test_a_line_is_told_once_by_the_surest_that_says_it() -> None:
    line = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>"
    author = Identity("Claude Opus 4.6", "noreply@anthropic.com")
    body = f"one\n\n{line}\n\ntwo\n\n{line.lower()}\n\nx"
    assert credits_of(body, author) == [implements("claude-code", "Claude Opus 4.6")]


def test_a_credit_without_a_model_yields_to_one_with_it() -> None:
    author = Identity("Claude", "noreply@anthropic.com")
    with_model = implements("claude-code", "opus-4-8", "trailer")
    assert credits_of("Assisted-by: claude-code:opus-4-8", author) == [with_model]
    footer = "Generated with [Claude Code](https://claude.ai/code)"
    assert credits_of(f"{footer}\n\nCo-Authored-By: Claude <noreply@anthropic.com>") == [implements("claude-code")]


def test_lines_that_contradict_each_other_are_all_kept() -> None:
    body = "Assisted-by: codex:gpt-5.4\nCo-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>"
    assert credits_of(body, Identity("Cursor", "cursoragent@cursor.com")) == [
        implements("codex", "gpt-5.4", "trailer"),
        implements("claude-code", "Claude Opus 4.6"),
        implements("cursor", evidence="author"),
    ]


def test_a_model_and_an_agent_that_stand_apart_are_one() -> None:
    cursor = "Co-authored-by: Cursor <cursoragent@cursor.com>"
    assert credits_of(f"AI-Model: gpt-5.4\n{cursor}") == [implements("cursor", "gpt-5.4", "trailer")]
    two = credits_of(f"AI-Model: gpt-5.4\n{cursor}\nCo-authored-by: Amp <amp@ampcode.com>")
    assert [agent for _, agent, _, _ in two] == ["", "cursor", "amp"]


def scopes(body: str, subject: str = "Add login (#12)") -> set[tuple[str, str]]:
    return {(each.model_raw or each.agent, each.scope) for each in recognise(body, ANN, ANN, subject)}


OPUS = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>"


def test_a_squash_that_names_a_model_for_one_of_its_commits_is_mixed() -> None:
    assert scopes(f"* one\n\n{OPUS}\n\n* two\n\n---------\n\n{OPUS}") == {("Claude Opus 4.6", "mixed")}
    assert scopes(f"* one\n\n* two\n\n---------\n\n{OPUS}") == {("Claude Opus 4.6", "mixed")}


def test_a_squash_that_names_it_for_each_is_not() -> None:
    assert scopes(f"* one\n\n{OPUS}\n\n* two\n\n{OPUS}\n\n---------\n\n{OPUS}") == {("Claude Opus 4.6", "")}
    assert scopes(f"one point:\n\n* one\n* two\n\n{OPUS}") == {("Claude Opus 4.6", "")}


def test_two_models_in_turn_are_mixed() -> None:
    haiku = OPUS.replace("Opus 4.6", "Haiku 4.5")
    assert scopes(f"* one\n\n{OPUS}\n\n* two\n\n{haiku}\n") == {
        ("Claude Opus 4.6", "mixed"),
        ("Claude Haiku 4.5", "mixed"),
    }


def test_the_list_of_git_merge_squash_is_read_with_its_authors() -> None:
    one = f"commit {'a' * 40}\nAuthor: Claude <noreply@anthropic.com>\n\n    one\n\n"
    two = f"commit {'b' * 40}\nAuthor: Ann <ann@example.org>\n\n    two\n\n    {OPUS}\n"
    assert scopes(one + two, "Squashed commit of the following:") == {("Claude Opus 4.6", "mixed")}
    assert scopes(one + one, "Squashed commit of the following:") == {("claude-code", "")}


def test_facts_keep_what_was_written_and_how_the_model_was_called() -> None:
    found = recognise("Co-Authored-By: Claude Opus 4.8 (1M context) <noreply@anthropic.com>", ANN, ANN)
    (row,) = contributions(found, "R", "x", START)
    assert (row.model_raw, row.model, row.provider, row.family, row.variant) == (
        "Claude Opus 4.8 (1M context)",
        "claude-opus-4-8",
        "anthropic",
        "claude-opus",
        "1m",
    )


WORDS = st.sampled_from(
    [
        *(line for line, _ in CONVENTIONS),
        "* one\n",
        "\n",
        "---------",
        "Assisted-by: ",
        "\x1b[31m",
        "\u202e",
        "\0",
        "\ud800",
    ]
)


@given(st.lists(WORDS | st.text(max_size=40), max_size=30), st.text(max_size=40), st.text(max_size=40))
def test_any_message_is_taken_and_what_is_kept_prints_safely(words: list[str], name: str, email: str) -> None:
    message = "\n".join(words)
    found = recognise(message, Identity(name, email), ANN, message[:60])
    assert len(found) <= 64
    for credit in found:
        assert credit.role in ("implement", "review", "scout")
        for text in (credit.agent, credit.model_raw):
            assert text.isprintable()
            assert len(text) <= 120
    read_message(message.partition("\n")[0], message)


@pytest.mark.parametrize(
    "value",
    ["a" * 1_000_000, " " * 1_000_000 + "x", "<" * 1_000_000, "a:" * 500_000, "(" * 1_000_000, "\0" * 1_000_000],
)
@pytest.mark.parametrize("key", ["Assisted-by", "Co-authored-by", "AI-Model", "Claude-Session", "Model", "Made-with"])
def test_a_megabyte_does_no_harm(key: str, value: str) -> None:
    found = credits_of(f"x\n\n{key}: {value}")
    assert all(len(part) <= 120 for credit in found for part in credit)
    read_message("x", f"{key}: {value}")
    assert agent_of(value) is None


def test_a_million_trailers_leave_sixty_four_credits() -> None:
    body = "\n".join(f"Assisted-by: agent:model-{number}\nClaude-Session: s-{number}" for number in range(500_000))
    assert len(credits_of(body)) == 64
    assert len(read_message("x", body).sessions) == 64


def test_control_characters_are_not_kept() -> None:
    body = "Assisted-by: cl\x1b[31maude\u202e:gpt-5\u202e.4\x07\nAI-Tool: a\u2066b\x00c\nClaude-Session: s\u202e1"
    found = credits_of(body)
    assert "abc" in {agent for _, agent, _, _ in found}
    assert all(part.isprintable() for credit in found for part in credit)
    assert read_message("x", body).sessions == ("s1",)


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
    ("line", "session"),
    [
        ("Ledger-Session: s-2", "s-2"),
        ("Claude-Session: https://claude.ai/code/session_01AB", "session_01AB"),
        ("Copilot-Session: 0b1c-2d", "0b1c-2d"),
        ("Amp-Thread-ID: https://ampcode.com/threads/T-1?x=y", "T-1"),
        ("Replit-Commit-Session-Id: 0b1c-2d", "0b1c-2d"),
        ("Devin Session: https://app.devin.ai/sessions/0b1c/", "0b1c"),
        ("AI-Session: 0b1c", "0b1c"),
        ("Agent-Logs-Url: https://github.com/o/r/sessions/0b1c", "0b1c"),
        ("Agentnote-Session: 0b1c", "0b1c"),
        ("Entire-Session: 2026-01-13-0b1c2d3e-1111-4111-8111-000000000001", "0b1c2d3e-1111-4111-8111-000000000001"),
        ("Entire-Metadata: .entire/metadata/2026-01-13-0b1c2d3e-1111", "0b1c2d3e-1111"),
        ("Entire-Metadata-Task: .entire/metadata/2026-01-13-0b1c2d3e-1111/tasks/toolu_1", "0b1c2d3e-1111"),
        ("Entire-Session: 2026-01-13-plain", "2026-01-13-plain"),
    ],
)
def test_a_trailer_ties_the_agent_s_session_to_a_commit(line: str, session: str) -> None:
    assert read_message("x", f"body\n\n{line}\n\nmore").sessions == (session,)


def test_a_checkpoint_is_no_session() -> None:
    assert read_message("x", "Entire-Checkpoint: 0123456789ab\nEntire-Agent: Claude Code").sessions == ()


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
