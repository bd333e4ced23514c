"""The same work, however it was rewritten and landed: the same contributions, cost and acceptance each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gitting import git
from tests.posting.landing import Seen, Work, begun, conclusions, copied, post, seen
from tests.posting.ways import (
    LANDINGS,
    REWRITES,
    WANTED,
    WITH_EDITS,
    Act,
    cherry_pick,
    forge_rebase,
    joined_with_main,
    merge,
    plain,
    rebase,
)

_BEGUN: dict[bool, Work] = {}


@pytest.fixture
def work(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Work]:
    """The work on feat, done with hooks or without, in a directory of the test's own: it is done once for all."""

    def doing(hooked: bool) -> Work:
        if hooked not in _BEGUN:
            _BEGUN[hooked] = begun(tmp_path_factory.mktemp("begun") / "repo", hooked=hooked)
        return copied(_BEGUN[hooked], tmp_path / "repo")

    return doing


def name(act: object) -> str | None:
    """What a case is called by; what was wanted names none."""
    return "hooks" if act is True else "no-hooks" if act is False else getattr(act, "__name__", "wanted")


def combined() -> Iterator[tuple[Act, Act, bool]]:
    """Every rewriting with every landing, with hooks or without; what merged main is not rebased as it is."""
    for one, land in enumerate(LANDINGS):
        for other, rewrite in enumerate(REWRITES):
            if rewrite is not joined_with_main or land not in (rebase, cherry_pick, forge_rebase):
                yield rewrite, land, bool((one + other) % 2)


@pytest.mark.parametrize(("rewrite", "land", "hooked"), list(combined()), ids=name)
def test_the_same_work_is_the_same(
    work: Callable[[bool], Work], rewrite: Act, land: Act, hooked: bool, tmp_path: Path
) -> None:
    """Posted once, after the branch was deleted."""
    done = work(hooked)
    rewrite(done)
    land(done)
    delete_branch(done)
    post(done, tmp_path / "ledger.db")
    assert seen(tmp_path / "ledger.db") == [LANDINGS[land]]


def stepped() -> Iterator[tuple[Act, Act, Seen, bool]]:
    """Every landing once and every rewriting once, by hooks and without in turn, and each edit on landing."""
    pairs = [(REWRITES[place % 6], land, wanted) for place, (land, wanted) in enumerate(LANDINGS.items())]
    pairs += [(joined_with_main, merge, WANTED), *((plain, land, wanted) for land, wanted in WITH_EDITS.items())]
    for place, (rewrite, land, wanted) in enumerate(pairs):
        yield rewrite, land, wanted, bool(place % 2)
        if land in WITH_EDITS:
            yield rewrite, land, wanted, not place % 2


@pytest.mark.parametrize(("rewrite", "land", "wanted", "hooked"), list(stepped()), ids=name)
def test_it_does_not_matter_when_it_is_posted(
    work: Callable[[bool], Work], rewrite: Act, land: Act, wanted: Seen, hooked: bool, tmp_path: Path
) -> None:
    """After every step, the branch there or deleted, and all at once: the same ledger."""
    done, steps, whole = work(hooked), tmp_path / "steps.db", tmp_path / "whole.db"
    post(done, steps)
    rewrite(done)
    post(done, steps)
    land(done)
    post(done, steps)
    assert seen(steps) == [wanted]
    delete_branch(done)
    post(done, steps)
    post(done, whole)
    assert seen(whole) == [wanted]
    assert conclusions(whole) == conclusions(steps)


def delete_branch(work: Work) -> None:
    git(work.path, "switch", "-q", "main")
    git(work.path, "branch", "-q", "-D", "feat")
