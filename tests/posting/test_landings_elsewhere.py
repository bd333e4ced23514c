"""What another clone can know of work whose branch is gone: the trunk tells some of it, and nothing is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitting import git
from tests.posting import ways
from tests.posting.calling import asked
from tests.posting.landing import Work, begun, copied, post, seen

_BEGUN: list[Work] = []

TOLD: dict[ways.Act, tuple[tuple[str, str, str | None, int], ...]] = {
    ways.merge: (("branch", "accepted", "merge", 5),),
    ways.forge_merge: (("request", "accepted", "merge", 5),),
    # The message lists the commits, which nobody here can read.
    ways.squash: (("branch", "accepted", "squash", 4),),
    # Author dates and subjects are kept, branches are not: each session's calls go to its own commit.
    ways.rebase: (
        ("trunk", "accepted", "direct", 1),
        ("trunk", "accepted", "direct", 2),
        ("trunk", "accepted", "direct", 1),
    ),
    ways.forge_rebase: (
        ("trunk", "accepted", "direct", 1),
        ("trunk", "accepted", "direct", 2),
        ("trunk", "accepted", "direct", 1),
    ),
    # The body names a model, the request is known by its number, and no call leads to it.
    ways.forge_squash: (("request", "accepted", "squash", 0),),
    # Nothing is left that names a model.
    ways.forge_squash_by_title: (),
}


@pytest.mark.parametrize("land", TOLD, ids=lambda act: getattr(act, "__name__", "wanted"))
def test_another_clone_knows_what_the_trunk_tells(
    land: ways.Act, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not _BEGUN:
        _BEGUN.append(begun(tmp_path_factory.mktemp("begun") / "repo", hooked=False))
    work = copied(_BEGUN[0], tmp_path / "repo")
    land(work)
    git(work.path, "switch", "-q", "main")
    git(work.path, "branch", "-q", "-D", "feat")
    git(tmp_path, "clone", "-q", "--no-local", str(work.path), "clone")
    git(tmp_path / "clone", "config", "ledger.path", str(work.path))
    git(tmp_path / "clone", "config", "ledger.database", str(tmp_path / "ledger.db"))
    post(work, tmp_path / "ledger.db", where=tmp_path / "clone")
    found = seen(tmp_path / "ledger.db")
    assert sorted(each.short for each in found) == sorted(TOLD[land])
    booked = asked(tmp_path / "clone", "SELECT bucket, cost_usd FROM reconciliation")
    assert dict(booked)["all calls"] == pytest.approx(sum(cost for bucket, cost in booked if bucket != "all calls"))
