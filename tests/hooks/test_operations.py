"""The operations of git against the hooks: what fires, what is jotted, and whose work it is after posting."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from inspect import getmembers, isfunction
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.git import Git
from ledger.hooking.install import install
from ledger.hooking.marks import EVENTS
from ledger.posting.update import HERE, update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.gitting import git
from tests.hooks import operations
from tests.hooks.operations import GPT, OPUS, Stage

BOTH = f"{OPUS} + {GPT}"
_STAGES: list[Stage] = []
SHORT = {
    "prepare-commit-msg": "pm",
    "commit-msg": "cm",
    "post-commit": "pc",
    "post-merge": "me",
    "post-rewrite": "rw",
    "applypatch-msg": "am",
    "post-applypatch": "pa",
}


@dataclass(frozen=True)
class Seen:
    """What one play left."""

    fired: str
    journal: str
    edges: str
    credit: str


@dataclass(frozen=True)
class Play:
    """What must be seen of an operation (hooks.md §1.1)."""

    fired: str
    journal: str
    """Its lines: a commit's action and state, a merge's squash and action, a rewrite's kind and pair."""
    edges: str
    """Rewrites after posting: old>new kind."""
    credit: str
    """The models of the change that the last commit is in, the leading one first."""
    bare_edges: str | None = None
    """The rewrites where no hook ran, if they are others."""
    bare_credit: str | None = None


PLAYS: dict[Callable[[Stage], None], Play] = {
    operations.commit_plain: Play(fired="pm cm pc", journal="commit", edges="", credit=BOTH),
    operations.commit_no_verify: Play(fired="pm pc", journal="commit", edges="", credit=BOTH, bare_credit=OPUS),
    operations.commit_aborted: Play(fired="pm cm", journal="", edges="", credit=OPUS),
    operations.amend: Play(
        fired="pm cm pc rw", journal="commit (amend), amend b>n1", edges="b>n1 amend", credit=BOTH, bare_credit=OPUS
    ),
    operations.amend_message: Play(
        fired="pm cm pc rw", journal="commit (amend), amend b>n1", edges="b>n1 amend", credit=BOTH, bare_credit=OPUS
    ),
    operations.amend_no_post_rewrite: Play(
        fired="pm cm pc", journal="commit (amend)", edges="b>n1 amend", credit=BOTH, bare_credit=OPUS
    ),
    operations.merge_fast_forward: Play(fired="me", journal="merge0 merge feat", edges="", credit=OPUS),
    operations.merge_clean: Play(fired="pm cm me", journal="merge0 merge feat", edges="", credit=OPUS),
    operations.merge_no_commit: Play(fired="pm cm pc", journal="commit (merge) [merge]", edges="", credit=OPUS),
    operations.merge_conflicted: Play(
        fired="pm cm pc pm cm pc", journal="commit, commit (merge) [merge]", edges="", credit=OPUS
    ),
    operations.merge_squash: Play(
        fired="me pm cm pc",
        journal="merge1 checkout, commit [squash], squash b>n1, squash a>n1",
        edges="a>n1 squash, b>n1 squash",
        credit=OPUS,
        bare_edges="",
    ),
    operations.cherry_pick: Play(
        fired="pm pc", journal="cherry-pick [cherry-pick]", edges="a>n1 cherry-pick", credit=OPUS, bare_edges=""
    ),
    operations.cherry_pick_x: Play(
        fired="pm pc", journal="cherry-pick [cherry-pick]", edges="a>n1 cherry-pick", credit=OPUS
    ),
    operations.cherry_pick_conflicted: Play(
        fired="pm cm pc pm cm pc",
        journal="commit, commit (cherry-pick) [cherry-pick]",
        edges="a>n1 cherry-pick",
        credit=OPUS,
        bare_edges="",
    ),
    operations.revert: Play(fired="pm pc", journal="revert", edges="", credit=BOTH, bare_credit=OPUS),
    operations.rebase: Play(
        fired="pm pc pm pc rw",
        journal="rebase (pick) [rebase], rebase (pick) [rebase], rebase a>n1, rebase b>n2",
        edges="a>n1 rebase, b>n2 rebase",
        credit=OPUS,
    ),
    operations.rebase_apply: Play(
        fired="am pa am pa rw",
        journal="rebase (pick) [rebase], rebase (pick) [rebase], rebase a>n1, rebase b>n2",
        edges="a>n1 rebase, b>n2 rebase",
        credit=OPUS,
    ),
    operations.rebase_conflicted: Play(
        fired="pm cm pc pm pc pm pc rw",
        journal="commit, rebase (continue) [rebase], rebase (pick) [rebase], rebase a>n1, rebase b>n2",
        edges="a>n1 rebase, b>n2 rebase",
        credit=OPUS,
    ),
    operations.rebase_squash: Play(
        fired="pm cm pc pm pc rw pm pc rw rw",
        journal="commit, rebase (squash) [rebase], rebase (squash) [rebase], amend a>n1, amend n1>n2, "
        "rebase a>n2, rebase b>n2, rebase c>n2",
        edges="a>n1 amend, a>n2 rebase, b>n2 rebase, c>n2 rebase, n1>n2 amend",
        credit=BOTH,
        bare_edges="a>n1 rebase, b>n1 rebase, c>n1 rebase",
    ),
    operations.rebase_fixup: Play(
        fired="pm cm pc pm pc rw pm pc rw rw",
        journal="commit, rebase (fixup) [rebase], rebase (fixup) [rebase], amend a>n1, amend n1>n2, "
        "rebase a>n2, rebase b>n2, rebase c>n2",
        edges="a>n1 amend, a>n2 rebase, b>n2 rebase, c>n2 rebase, n1>n2 amend",
        credit=BOTH,
        bare_edges="a>n1 rebase, b>n1 rebase, c>n1 rebase",
    ),
    operations.rebase_reword: Play(
        fired="pm cm pc rw pm pc rw",
        journal="rebase (reword) [rebase], rebase (pick) [rebase], amend a>n1, rebase a>n1, rebase b>n2",
        edges="a>n1 amend, a>n1 rebase, b>n2 rebase",
        credit=OPUS,
        bare_edges="a>n1 rebase, b>n2 rebase",
    ),
    operations.rebase_edit: Play(
        fired="pm cm pc rw pm pc rw",
        journal="commit (amend) [rebase], rebase (pick) [rebase], amend a>n1, rebase a>n1, rebase b>n2",
        edges="a>n1 amend, a>n1 rebase, b>n2 rebase",
        credit=BOTH,
        bare_credit=OPUS,
    ),
    operations.rebase_drop: Play(
        fired="pm pc rw", journal="rebase (pick) [rebase], rebase b>n1", edges="b>n1 rebase", credit=OPUS
    ),
    operations.rebase_aborted: Play(
        fired="pm cm pc pm pc", journal="commit, rebase (pick) [rebase]", edges="", credit=OPUS
    ),
    operations.autosquash: Play(
        fired="pm cm pc pm pc rw pm pc rw",
        journal="commit, rebase (fixup) [rebase], rebase (pick) [rebase], amend a>n1, rebase a>n1, "
        "rebase fixup>n1, rebase b>n2",
        edges="a>n1 amend, a>n1 rebase, b>n2 rebase, fixup>n1 rebase",
        credit=BOTH,
        bare_edges="a>n1 rebase, b>n2 rebase, fixup>n1 rebase",
        bare_credit=OPUS,
    ),
    operations.mail: Play(fired="am pa", journal="am [am]", edges="a>n1 cherry-pick", credit=OPUS, bare_edges=""),
    operations.pull_rebase: Play(
        fired="pm pc pm pc rw",
        journal="rebase (pick) [rebase], rebase (pick) [rebase], rebase a>n1, rebase b>n2",
        edges="a>n1 rebase, b>n2 rebase",
        credit=OPUS,
    ),
    operations.pull_merge: Play(
        fired="pm cm me", journal="merge0 pull -q --no-rebase --no-edit up main", edges="", credit=OPUS
    ),
    operations.reset_taken_back: Play(
        fired="pm cm pc rw", journal="commit (amend), amend b>n1", edges="b>n1 amend", credit=OPUS
    ),
    operations.worktree: Play(fired="pm cm pc", journal="commit", edges="", credit=GPT),
}


def record(repository: Path) -> Path:
    """Hooks of somebody else that write down when they run; ours are installed over them and run them."""
    log = repository.parent / "fired"
    for event in EVENTS:
        hook = repository / ".git" / "hooks" / event
        hook.write_text(f"#!/bin/sh\necho {SHORT[event]} >>'{log}'\n")
        hook.chmod(0o755)
    return log


def observe(stage: Stage, act: Callable[[Stage], None], *, hooked: bool) -> Seen:
    """Give the play, post, and say what is to be seen; commits without a name are n1, n2 … as they are met."""
    log = record(stage.path)
    if hooked:
        install(Git.open(stage.path))
    act(stage)
    names = dict(stage.names)

    def name(oid: str) -> str:
        return names.setdefault(oid, f"n{len(names) - len(stage.names) + 1}")

    said = [told(line, name) for line in journal(stage.path)]
    edges, credit = posted(stage.path, name)
    return Seen(" ".join(log.read_text().split()) if log.exists() else "", ", ".join(said), edges, credit)


def told(line: dict[str, str], name: Callable[[str], str]) -> str:
    if line["event"] == "rewrite":
        return f"{line['kind']} {name(line['old'])}>{name(line['new'])}"
    if line["event"] == "merge":
        return f"merge{line['squash']} {line['action']}"
    name(line["new"])
    return line["action"] + (f" [{line['state']}]" if line["state"] else "")


def journal(repository: Path) -> list[dict[str, str]]:
    files = sorted((repository / ".git" / "ledger" / "journal").glob("*.log"))
    lines = [line for path in files for line in path.read_text().splitlines()]
    return [dict(part.split("=", 1) for part in line.split("\t")) for line in lines]


_LINEUP = "SELECT c.lineup FROM change c JOIN change_commit m ON m.change_id = c.id WHERE m.oid = :head"


def posted(repository: Path, name: Callable[[str], str]) -> tuple[str, str]:
    """The rewrites, and the models of the change that HEAD is in."""
    workplace = open_workplace(str(repository))
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=datetime(2026, 3, 2, tzinfo=UTC), sources=HERE)
    with ledger.read() as connection:
        rewrites = connection.execute(text("SELECT old, new, kind FROM rewrite")).all()
        lineups = connection.execute(text(_LINEUP), {"head": git(repository, "rev-parse", "HEAD")}).scalars().all()
    ledger.close()
    return ", ".join(sorted(f"{name(old)}>{name(new)} {kind}" for old, new, kind in rewrites)), " | ".join(lineups)


@pytest.fixture(params=["this git", "a git of 2.54 or newer"])
def each_git(request: pytest.FixtureRequest) -> None:
    """The machine's git, whose hooks are files, and a newer one, which takes them from the configuration."""
    if request.param != "this git":
        request.getfixturevalue("new_git")


@pytest.fixture
def stage(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """What every play starts from, in a directory of its own: it is made once for all."""
    if not _STAGES:
        path = tmp_path_factory.mktemp("stage") / "repo"
        git(path.parent, "init", "-q", "-b", "main", path.name)
        _STAGES.append(operations.set_up(path))
    (made,) = _STAGES
    shutil.copytree(made.path, tmp_path / "repo", symlinks=True)
    return replace(made, path=tmp_path / "repo", names=dict(made.names))


@pytest.mark.usefixtures("each_git")
@pytest.mark.parametrize("act", PLAYS, ids=lambda act: act.__name__)
def test_with_hooks(stage: Stage, act: Callable[[Stage], None]) -> None:
    play = PLAYS[act]
    seen = observe(stage, act, hooked=True)
    assert seen == Seen(play.fired, play.journal, play.edges, play.credit)


@pytest.mark.parametrize("act", PLAYS, ids=lambda act: act.__name__)
def test_without_hooks_the_reflog_tells_what_became_of_the_work(stage: Stage, act: Callable[[Stage], None]) -> None:
    play = PLAYS[act]
    seen = observe(stage, act, hooked=False)
    edges = play.edges if play.bare_edges is None else play.bare_edges
    credit = play.credit if play.bare_credit is None else play.bare_credit
    assert seen == Seen(play.fired, "", edges, credit)


def test_every_operation_has_its_expectation() -> None:
    acts = {act for _, act in getmembers(operations, isfunction) if (act.__doc__ or "").startswith("git ")}
    assert acts == PLAYS.keys()
