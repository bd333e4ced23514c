"""`ledger share`: two developers and CI, who share through refs alone, read the same report."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.sharing import AS_OF, Team, make_team, work
from tests.exchange.remotes import refs
from tests.gitting import WHEN, git

JSON = ("report", "--as-of", AS_OF, "--format", "json")


@pytest.mark.slow
@pytest.mark.parametrize("server", ["newest"], indirect=True)
def test_all_three_read_the_same_report_and_so_does_a_team_s_database(tmp_path: Path, server_url: str) -> None:
    team = make_team(tmp_path)
    work(team)
    _share(team)
    git(team.ci.path, "pull", "-q")
    for number, commit in enumerate(git(team.ci.path, "rev-list", "--first-parent", "-2", "HEAD").split()):
        team.record(commit, WHEN + timedelta(days=2 - number), run_id=str(number))
    for developer in team.everybody():
        git(developer.path, "checkout", "-q", "main")
        git(developer.path, "fetch", "-q", "--prune")
        git(developer.path, "merge", "-q", "--ff-only", "origin/main")
        developer.ledger("share", "pull")
    reports = {developer.report() for developer in team.everybody()}
    told = {developer.ledger(*JSON).out for developer in team.everybody()}
    assert len(reports) == len(told) == 1
    assert '"verified": 2' in told.pop()
    assert "claude-opus-4-8 2   2" in (report := reports.pop())
    # The same again without refs: all three post to one database.
    entries = tmp_path / "runs.jsonl"
    refs_of_ci = [ref for ref in refs(team.server) if ref.startswith("refs/ledger/ci/")]
    entries.write_text("".join(git(team.server, "show", f"{ref}:entries.jsonl") + "\n" for ref in refs_of_ci))
    for developer in (team.ann, team.ben):
        git(developer.path, "update-ref", "-d", "refs/ledger-remote/origin/main")
        (developer.path / ".git" / "ledger" / "fetched").unlink()
        developer.ledger("--database", server_url, "update")
    team.ci.ledger("--database", server_url, "update", "--source", "entries", str(entries))
    assert {developer.report(server_url) for developer in team.everybody()} == {report}
    team.ben.ledger("db", "check")  # sums that others told are sums of no calls


def _share(team: Team) -> None:
    """Ann says yes once; Ben shares beside his push."""
    for developer in (team.ann, team.ben):
        developer.ledger("share", "on", "--with", "usage", "--yes")
        developer.ledger("share", "push")
