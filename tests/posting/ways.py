"""The ways in which a branch is rewritten before it lands, and in which it lands, with what must be seen of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.posting.landing import GPT, OPUS, SONNET, Seen, Work

Act = Callable[[Work], None]

WANTED = Seen(
    basis="branch",
    outcome="accepted",
    landed_by="merge",
    lead=OPUS,
    lineup=f"{OPUS} + {GPT} + {SONNET} review",
    second_review=1,
    cost_known="known",
    calls=5,
    attempts=2,
)

# -- what happens to the branch before it lands ------------------------------------------------------------------------


def plain(work: Work) -> None:
    """Nothing."""


def amended(work: Work) -> None:
    (work.path / "four").write_text("other\n" * 60)
    work.run("commit", "-q", "-a", "--amend", "--no-edit")


def reworded(work: Work) -> None:
    work.run("commit", "-q", "--amend", "-m", "feat: add the fourth")


def autosquashed(work: Work) -> None:
    (work.path / "two").write_text("mended\n" * 21)
    work.run("commit", "-q", "-a", "--fixup", "HEAD~2")
    work.run("rebase", "-q", "-i", "--autosquash", "main", GIT_SEQUENCE_EDITOR=":")


def pushed_over(work: Work) -> None:
    """The last commit is thrown away and made anew."""
    work.run("reset", "-q", "--hard", "HEAD~1")
    work.commit("five", ["other"] * 60)


def reordered(work: Work) -> None:
    work.run("rebase", "-q", "-i", "main", GIT_SEQUENCE_EDITOR="sed -i '1{h;d};2{G}'")


def joined_with_main(work: Work) -> None:
    """main goes on, and is merged into the branch with an edit of the conflict."""
    _moved(work, "three", "theirs")
    work.run("switch", "-q", "feat")
    work.run("merge", "-q", "main", check=False)
    (work.path / "three").write_text("1\n2\n3\ntheirs\n")
    work.run("commit", "-q", "-a", "--no-edit")


def _moved(work: Work, name: str = "main", text: str = "main") -> None:
    """A person commits on main."""
    work.run("switch", "-q", "main")
    work.commit(name, [text])


# -- how it lands ------------------------------------------------------------------------------------------------------


def merge(work: Work) -> None:
    _moved(work)
    work.run("merge", "-q", "--no-ff", "--no-edit", "feat")


def merge_with_edits(work: Work) -> None:
    _moved(work, "two", "theirs")
    work.run("merge", "-q", "--no-ff", "feat", check=False)
    (work.path / "two").write_text("both\n" * 20)
    work.run("commit", "-q", "-a", "--no-edit")


def squash(work: Work) -> None:
    _moved(work)
    work.run("merge", "-q", "--squash", "feat")
    work.run("commit", "-q", "--no-edit")


def squash_in_own_words(work: Work) -> None:
    _moved(work)
    work.run("merge", "-q", "--squash", "feat")
    work.run("commit", "-q", "-m", "feat: all of it")


def squash_with_edits(work: Work) -> None:
    _moved(work, "two", "theirs")
    work.run("merge", "-q", "--squash", "feat", check=False)
    (work.path / "two").write_text("both\n" * 20)
    work.run("add", "two")
    work.run("commit", "-q", "--no-edit")


def rebase(work: Work) -> None:
    _moved(work)
    work.run("rebase", "-q", "main", "feat")
    work.run("switch", "-q", "main")
    work.run("merge", "-q", "--ff-only", "feat")


def rebase_with_edits(work: Work) -> None:
    _moved(work, "two", "theirs")
    work.run("rebase", "-q", "main", "feat", check=False)
    (work.path / "two").write_text("both\n" * 20)
    work.run("add", "two")
    work.run("rebase", "--continue")
    work.run("switch", "-q", "main")
    work.run("merge", "-q", "--ff-only", "feat")


def fast_forward(work: Work) -> None:
    work.run("switch", "-q", "main")
    work.run("merge", "-q", "--ff-only", "feat")


def cherry_pick(work: Work) -> None:
    _moved(work)
    work.run("cherry-pick", "main..feat")


def cherry_pick_told(work: Work) -> None:
    _moved(work)
    work.run("cherry-pick", "-x", "main..feat")


def cherry_pick_with_edits(work: Work) -> None:
    _moved(work, "two", "theirs")
    work.run("cherry-pick", "main..feat", check=False)
    (work.path / "two").write_text("both\n" * 20)
    work.run("add", "two")
    work.run("cherry-pick", "--continue")


def forge_merge(work: Work) -> None:
    work.on_forge(["merge", "-q", "--no-ff", "-m", "Merge pull request #7 from ann/feat", "-m", "It", "feat"])


def forge_squash(work: Work) -> None:
    body = "* feat: add one\n\nAssisted-by: claude-code:claude-opus-4-8\n\n* feat: add two\n\n---------"
    work.on_forge(["merge", "-q", "--squash", "feat"], ["commit", "-q", "-m", "All of it (#7)", "-m", body])


def forge_squash_by_title(work: Work) -> None:
    work.on_forge(["merge", "-q", "--squash", "feat"], ["commit", "-q", "-m", "All of it"])


def forge_squash_and_merge(work: Work) -> None:
    """What GitLab does: the squash on a commit of its own, then merged."""
    work.on_forge(
        ["switch", "-q", "-c", "squashed"],
        ["merge", "-q", "--squash", "feat"],
        ["commit", "-q", "-m", "All of it"],
        ["switch", "-q", "main"],
        ["merge", "--no-ff", "-m", "Merge branch 'feat' into 'main'", "-m", "See merge request ann/it!7", "squashed"],
    )


def forge_rebase(work: Work) -> None:
    """Copies, one for one, over what came on main meanwhile."""
    work.on_forge(
        ["commit", "-q", "--allow-empty", "-m", "something else"],
        ["switch", "-q", "--detach", "feat"],
        ["rebase", "-q", "main"],
        ["branch", "-q", "-f", "main", "HEAD"],
    )


REWRITES = (plain, amended, reworded, autosquashed, pushed_over, reordered, joined_with_main)
LANDINGS: dict[Act, Seen] = {
    merge: WANTED,
    squash: replace(WANTED, landed_by="squash"),
    squash_in_own_words: replace(WANTED, landed_by="squash"),
    rebase: replace(WANTED, landed_by="fast-forward"),
    fast_forward: replace(WANTED, landed_by="fast-forward"),
    cherry_pick: replace(WANTED, landed_by="rebase"),
    forge_merge: replace(WANTED, basis="request"),
    forge_squash: replace(WANTED, basis="request", landed_by="squash"),
    forge_squash_by_title: replace(WANTED, landed_by="squash"),
    forge_squash_and_merge: replace(WANTED, basis="request", landed_by="squash"),
    forge_rebase: replace(WANTED, landed_by="rebase"),
}
WITH_EDITS: dict[Act, Seen] = {
    merge_with_edits: WANTED,
    squash_with_edits: replace(WANTED, landed_by="squash"),
    rebase_with_edits: replace(WANTED, landed_by="fast-forward"),
    cherry_pick_with_edits: replace(WANTED, landed_by="rebase"),
    cherry_pick_told: replace(WANTED, landed_by="rebase"),
}
