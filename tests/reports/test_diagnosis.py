"""What `ledger doctor` prints and writes, to the character."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from ledger.domain.diagnosis import (
    AgentState,
    Aside,
    CommitsState,
    CommitTime,
    Diagnosis,
    EventState,
    Finding,
    Flag,
    Group,
    HookRun,
    HooksState,
    PostingState,
)
from ledger.reports.diagnosis import as_json, as_text

AT = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)
OIDS = tuple(f"{number}" * 40 for number in "123")


def _file(event: str, owner: str, via: str = "", why_not: str = "") -> HookRun:
    return HookRun("file", event, owner, not why_not, why_not, f"/shop/.git/hooks/{event}", via)


DIAGNOSIS = Diagnosis(
    repository="/shop",
    hooks=HooksState(
        git_version=(2, 54),
        takes_config=True,
        directory="/shop/.git/hooks",
        hooks_path="",
        scope="",
        events=(
            EventState(
                "commit-msg",
                (
                    HookRun("config", "mine", "other", True, "", "global"),
                    _file("commit-msg", "ledger", "commit-msg is ours"),
                ),
                (Aside("/shop/.git/hooks/commit-msg.ledger-chained", "other"),),
            ),
            EventState(
                "post-commit",
                (_file("post-commit", "lefthook"),),
                (Aside("/shop/.git/hooks/post-commit.old", "ledger"),),
            ),
            EventState("post-merge", (_file("post-merge", "ledger", "post-merge is ours", "it is not executable"),)),
            EventState("post-rewrite", ()),
        ),
    ),
    commits=CommitsState(
        200,
        30,
        (Group("here", 20, OIDS, AT), Group("before", 10, OIDS[:1], AT)),
        hooks_since=AT,
    ),
    commit_time=CommitTime(5, 4.0, 9.0),
    posting=PostingState(
        interpreter="/venv/bin/python",
        has_interpreter=True,
        drain_error="",
        database="/shop/.git/ledger/ledger.db",
        schema="0002",
        is_readable=True,
        posted_at=AT,
        lines_waiting=3,
        logs_read_at=None,
        flags=(
            Flag("ledger.trailers", "/shop/.git/ledger/trailers", "true", "true"),
            Flag("ledger.requireModel", "/shop/.git/ledger/require-model", "false", "false"),
        ),
    ),
    agents=(AgentState("claude-code", names_its_model=True), AgentState("codex", names_its_model=False)),
    findings=(
        Finding(
            "displaced",
            "broken",
            "post-commit: lefthook moved the ledger's hook aside and never calls it; run ledger install again.",
        ),
        Finding("logs-unread", "advice", "The agents' logs were never read for this ledger; run ledger update."),
    ),
)

TEXT = """\
Hooks: git 2.54 takes them from its configuration and from /shop/.git/hooks.

event         git runs                              the ledger's
────────────────────────────────────────────────────────────────────────────────
commit-msg    hook.mine (other) in global           commit-msg is ours
              configuration, commit-msg (ledger)
post-commit   post-commit (lefthook)                not reached, post-commit.old
post-merge    post-merge (ledger), which does not   not reached
              start: it is not executable
post-rewrite  nothing                               not reached

Commits: 30 of the last 200 have no hook's line (15%):
     20  made here without hooks (1111111, 2222222, 3333333, …)
     10  made before any hook was installed (1111111, …)
An empty commit takes 4.0 ms without hooks and 9.0 ms with the ledger's, 2.2
times as long (median of 5).

database      /shop/.git/ledger/ledger.db, schema 0002
last posted   2026-03-05 12:30 UTC
journal       3 lines to post
logs read     never
posts by      /venv/bin/python
trailers      true
requireModel  false
claude-code   names its model
codex         tells the hooks no model

Broken:
- post-commit: lefthook moved the ledger's hook aside and never calls it; run
  ledger install again.

Advice:
- The agents' logs were never read for this ledger; run ledger update.
"""

EMPTY = replace(
    DIAGNOSIS,
    hooks=replace(DIAGNOSIS.hooks, takes_config=False, git_version=(2, 39), hooks_path=".husky/_", scope="local"),
    commits=CommitsState(0, 0, (), None),
    commit_time=None,
    posting=replace(
        DIAGNOSIS.posting, interpreter="", has_interpreter=False, schema="", is_readable=False, posted_at=None,
        lines_waiting=None,
    ),
    agents=(),
    findings=(),
)  # fmt: skip


def test_the_text_is_this() -> None:
    assert as_text(DIAGNOSIS, 80) == TEXT


def test_what_is_not_known_is_said_so() -> None:
    said = as_text(EMPTY, 80)
    assert said.startswith("Hooks: git 2.39 takes them from /shop/.git/hooks.\ncore.hooksPath is .husky/_ (local).\n")
    assert "Commits: none yet.\n" in said
    assert "An empty commit" not in said
    for line in ("ledger.db, not read", "last posted   never", "journal       not known", "nobody in the background"):
        assert line in said
    assert said.endswith("Nothing is broken, and there is nothing to advise.\n")


def test_commits_that_all_have_a_line_need_no_list() -> None:
    said = as_text(replace(DIAGNOSIS, commits=CommitsState(7, 0, (), AT)), 80)
    assert "Commits: 0 of the last 7 have no hook's line (0%).\n" in said


def test_names_from_outside_cannot_write_on_the_screen() -> None:
    evil = "x\x1b[2J\u202e"
    run = HookRun("config", evil, "other", True, "", "global")
    said = as_text(
        replace(
            DIAGNOSIS,
            hooks=replace(DIAGNOSIS.hooks, hooks_path=evil, directory=evil, events=(EventState("commit-msg", (run,)),)),
            findings=(Finding("code", "advice", evil),),
        ),
        80,
    )
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_the_json_is_format_1_with_every_key() -> None:
    told = json.loads(as_json(DIAGNOSIS))
    assert list(told) == [
        "format", "repository", "hooks", "commits", "commit_time", "posting", "agents", "findings", "broken", "advice",
    ]  # fmt: skip
    assert (told["format"], told["broken"], told["advice"]) == (1, 1, 1)
    assert told["hooks"]["git_version"] == "2.54"
    assert told["hooks"]["events"][0] == {
        "event": "commit-msg",
        "runs": [
            {
                "source": "config",
                "name": "mine",
                "owner": "other",
                "runs": True,
                "why_not": "",
                "where": "global",
                "via": "",
            },
            {
                "source": "file",
                "name": "commit-msg",
                "owner": "ledger",
                "runs": True,
                "why_not": "",
                "where": "/shop/.git/hooks/commit-msg",
                "via": "commit-msg is ours",
            },
        ],
        "aside": [{"path": "/shop/.git/hooks/commit-msg.ledger-chained", "owner": "other"}],
        "ways": ["commit-msg is ours"],
    }
    assert told["hooks"]["events"][2]["ways"] == []
    assert told["commits"] == {
        "looked_at": 200,
        "without_line": 30,
        "groups": [
            {
                "reason": "here",
                "count": 20,
                "latest": list(OIDS),
                "latest_at": "2026-03-05T12:30:00+00:00",
                "says": "made here without hooks",
            },
            {
                "reason": "before",
                "count": 10,
                "latest": [OIDS[0]],
                "latest_at": "2026-03-05T12:30:00+00:00",
                "says": "made before any hook was installed",
            },
        ],
        "hooks_since": "2026-03-05T12:30:00+00:00",
    }
    assert told["commit_time"] == {"rounds": 5, "plain_ms": 4.0, "hooked_ms": 9.0, "ratio": 2.25}
    assert told["posting"]["logs_read_at"] is None
    assert told["posting"]["flags"][0] == {
        "key": "ledger.trailers",
        "path": "/shop/.git/ledger/trailers",
        "wanted": "true",
        "there": "true",
    }
    assert told["findings"][0] == {
        "code": "displaced",
        "severity": "broken",
        "says": "post-commit: lefthook moved the ledger's hook aside and never calls it; run ledger install again.",
    }


def test_the_json_has_the_same_keys_where_nothing_is_known() -> None:
    full, empty = json.loads(as_json(DIAGNOSIS)), json.loads(as_json(EMPTY))
    assert list(full) == list(empty)
    assert list(full["posting"]) == list(empty["posting"])
    assert (empty["commit_time"], empty["posting"]["lines_waiting"]) == (None, None)
