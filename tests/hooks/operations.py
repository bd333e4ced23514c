"""Every operation of git that makes, copies or rewrites commits, as a small play between two models.

`OPUS` made the commits that are there; `GPT` runs the operation. Each play starts on branch `feat`, with commits a and
b of OPUS's over the root that main has gone on from.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.gitting import WHEN, git

OPUS, GPT = "claude-opus-4-8", "gpt-5.4"
_BY = {OPUS: "claude-code", GPT: "codex"}


@dataclass
class Stage:
    """A repository on which a play is given; every commit has its own second, so that nothing coincides."""

    path: Path
    names: dict[str, str] = field(default_factory=dict)
    """Commit → what the play calls it."""
    clock: int = 0

    def run(self, *arguments: str, by: str = GPT, env: Mapping[str, str] | None = None, check: bool = True) -> str:
        """A git command by a model, a second later than the one before."""
        self.clock += 1
        who = {"LEDGER_MODEL": by, "LEDGER_AGENT": _BY[by]} if by else {}
        at = WHEN + timedelta(seconds=self.clock)
        return git(self.path, *arguments, env={"GIT_EDITOR": ":", **who, **(env or {})}, at=at, check=check)

    def write(self, name: str, text: str = "") -> None:
        """A file's text, staged."""
        (self.path / name).write_text(text or f"{name}\n")
        git(self.path, "add", "-A")

    def commit(self, name: str, *, by: str = OPUS, text: str = "", file: str = "") -> str:
        """A commit of one file that names its model; called by its subject."""
        self.write(file or name, text)
        trailer = f"Assisted-by: {_BY[by]}:{by}" if by else "Signed-off-by: Ann <ann@example.org>"
        self.run("commit", "-q", "-m", name, "-m", trailer, by=by)
        return self.call(name)

    def call(self, name: str, revision: str = "HEAD") -> str:
        """Give a commit a name of the play."""
        oid = git(self.path, "rev-parse", revision)
        self.names[oid] = name
        return oid

    def edit_list(self, *lines: str) -> dict[str, str]:
        """An editor for the list of a rebase: the word of line n becomes the n-th."""
        changes = "".join(f" -e '{number}s/^pick/{word}/'" for number, word in enumerate(lines, 1) if word != "pick")
        return {"GIT_SEQUENCE_EDITOR": f"sed -i{changes}" if changes else ":"}


def set_up(path: Path) -> Stage:
    """main: root, m (by nobody in particular); feat: a, b over root."""
    stage = Stage(path)
    stage.commit("root", by="")
    stage.run("switch", "-q", "-c", "feat", by="")
    stage.commit("a")
    stage.commit("b")
    stage.run("switch", "-q", "main", by="")
    stage.commit("m", by="")
    stage.run("switch", "-q", "feat", by="")
    return stage


def commit_plain(stage: Stage) -> None:
    """git commit -m."""
    stage.commit("new", by=GPT)


def commit_no_verify(stage: Stage) -> None:
    """git commit --no-verify."""
    stage.write("new")
    stage.run("commit", "-q", "--no-verify", "-m", "new")


def commit_aborted(stage: Stage) -> None:
    """git commit with an empty message."""
    stage.write("new")
    stage.run("commit", "-q", "-m", "", check=False)
    git(stage.path, "reset", "-q", "--hard")


def amend(stage: Stage) -> None:
    """git commit --amend --no-edit."""
    stage.write("b", "more\n")
    stage.run("commit", "-q", "--amend", "--no-edit")


def amend_message(stage: Stage) -> None:
    """git commit --amend -m: the trailer is lost."""
    stage.run("commit", "-q", "--amend", "-m", "another subject")


def amend_no_post_rewrite(stage: Stage) -> None:
    """git commit --amend --no-post-rewrite."""
    stage.write("b", "more\n")
    stage.run("commit", "-q", "--amend", "--no-edit", "--no-post-rewrite")


def merge_fast_forward(stage: Stage) -> None:
    """git merge, fast-forward."""
    stage.run("switch", "-q", "-c", "base", "main~1")
    stage.run("merge", "-q", "feat")


def merge_clean(stage: Stage) -> None:
    """git merge --no-ff of a model's branch into main."""
    stage.run("switch", "-q", "main")
    stage.run("merge", "-q", "--no-ff", "-m", "Merge branch 'feat'", "feat")


def merge_no_commit(stage: Stage) -> None:
    """git merge --no-commit, then git commit."""
    stage.run("switch", "-q", "main")
    stage.run("merge", "-q", "--no-commit", "--no-ff", "feat")
    stage.run("commit", "-q", "--no-edit")


def merge_conflicted(stage: Stage) -> None:
    """git merge with a conflict, then git commit."""
    stage.run("switch", "-q", "main")
    stage.commit("conflict", by="", file="a", text="theirs\n")
    stage.run("merge", "-q", "feat", check=False)
    stage.write("a", "both\n")
    stage.run("commit", "-q", "--no-edit")


def merge_squash(stage: Stage) -> None:
    """git merge --squash, then git commit with a message of one's own."""
    stage.run("switch", "-q", "main")
    stage.run("merge", "-q", "--squash", "feat")
    stage.run("commit", "-q", "-m", "feat in one")


def cherry_pick(stage: Stage) -> None:
    """git cherry-pick."""
    stage.run("switch", "-q", "-c", "other", "main")
    stage.run("cherry-pick", "feat~1")


def cherry_pick_x(stage: Stage) -> None:
    """git cherry-pick -x."""
    stage.run("switch", "-q", "-c", "other", "main")
    stage.run("cherry-pick", "-x", "feat~1")


def cherry_pick_conflicted(stage: Stage) -> None:
    """git cherry-pick with a conflict, then git cherry-pick --continue."""
    stage.run("switch", "-q", "-c", "other", "main")
    stage.commit("conflict", by="", file="a", text="theirs\n")
    stage.run("cherry-pick", "feat~1", check=False)
    stage.write("a", "both\n")
    stage.run("cherry-pick", "--continue")


def revert(stage: Stage) -> None:
    """git revert."""
    stage.run("revert", "--no-edit", "HEAD")


def rebase(stage: Stage) -> None:
    """git rebase, merge backend."""
    stage.run("rebase", "-q", "main")


def rebase_apply(stage: Stage) -> None:
    """git rebase --apply."""
    stage.run("rebase", "-q", "--apply", "main")


def rebase_conflicted(stage: Stage) -> None:
    """git rebase with a conflict, then --continue."""
    stage.run("switch", "-q", "main")
    stage.commit("conflict", by="", file="a", text="theirs\n")
    stage.run("switch", "-q", "feat")
    stage.run("rebase", "-q", "main", check=False)
    stage.write("a", "both\n")
    stage.run("rebase", "--continue")


def rebase_squash(stage: Stage) -> None:
    """git rebase -i with squash."""
    stage.commit("c", by=GPT)
    stage.run("rebase", "-q", "-i", "HEAD~3", by=OPUS, env=stage.edit_list("pick", "squash", "squash"))


def rebase_fixup(stage: Stage) -> None:
    """git rebase -i with fixup."""
    stage.commit("c", by=GPT)
    stage.run("rebase", "-q", "-i", "HEAD~3", by=OPUS, env=stage.edit_list("pick", "fixup", "fixup"))


def rebase_reword(stage: Stage) -> None:
    """git rebase -i with reword."""
    editor = {"GIT_EDITOR": "sed -i '1s/^/better /'", **stage.edit_list("reword", "pick")}
    stage.run("rebase", "-q", "-i", "HEAD~2", env=editor)


def rebase_edit(stage: Stage) -> None:
    """git rebase -i with edit and an amend."""
    stage.run("rebase", "-q", "-i", "HEAD~2", env=stage.edit_list("edit", "pick"))
    stage.write("a", "more\n")
    stage.run("commit", "-q", "--amend", "--no-edit")
    stage.run("rebase", "--continue")


def rebase_drop(stage: Stage) -> None:
    """git rebase -i that drops a commit."""
    stage.run("rebase", "-q", "-i", "HEAD~2", env=stage.edit_list("drop", "pick"))


def rebase_aborted(stage: Stage) -> None:
    """git rebase with a conflict, then --abort."""
    stage.run("switch", "-q", "main")
    stage.commit("conflict", by="", file="b", text="theirs\n")
    stage.run("switch", "-q", "feat")
    stage.run("rebase", "-q", "main", check=False)
    stage.run("rebase", "--abort")


def autosquash(stage: Stage) -> None:
    """git commit --fixup, then git rebase -i --autosquash."""
    stage.write("a", "more\n")
    stage.run("commit", "-q", "--fixup", "HEAD~1")
    stage.call("fixup")
    stage.run("rebase", "-q", "-i", "--autosquash", "HEAD~3", by=OPUS, env={"GIT_SEQUENCE_EDITOR": ":"})


def mail(stage: Stage) -> None:
    """git format-patch and git am."""
    patch = stage.run("format-patch", "-1", "--stdout", "feat~1")
    stage.run("switch", "-q", "-c", "other", "main")
    file = stage.path.parent / "patch.mbox"
    file.write_text(patch + "\n")
    stage.run("am", "-q", str(file))


def pull_rebase(stage: Stage) -> None:
    """git pull --rebase."""
    upstream = stage.path.parent / "upstream.git"
    git(stage.path, "clone", "-q", "--bare", str(stage.path), str(upstream))
    git(stage.path, "remote", "add", "up", str(upstream))
    stage.run("pull", "-q", "--rebase", "up", "main")


def pull_merge(stage: Stage) -> None:
    """git pull --no-rebase."""
    upstream = stage.path.parent / "upstream.git"
    git(stage.path, "clone", "-q", "--bare", str(stage.path), str(upstream))
    git(stage.path, "remote", "add", "up", str(upstream))
    stage.run("pull", "-q", "--no-rebase", "--no-edit", "up", "main")


def reset_taken_back(stage: Stage) -> None:
    """git commit --amend, then git reset to what was there before."""
    stage.run("commit", "-q", "--amend", "-m", "worse")
    stage.run("reset", "-q", "--hard", "HEAD@{1}")


def worktree(stage: Stage) -> None:
    """git commit in a linked worktree."""
    tree = stage.path.parent / "tree"
    stage.run("worktree", "add", "-q", "-b", "wt", str(tree), "feat")
    there = Stage(tree, stage.names, stage.clock)
    there.commit("new", by=GPT)
    stage.clock = there.clock
    subprocess.run(["git", "switch", "-q", "--detach", "wt"], cwd=stage.path, check=True, env=dict(os.environ))
