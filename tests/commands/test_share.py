"""`ledger share`: two developers and CI, who share through refs alone, read the same report."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.config import load_config
from ledger.errors import BadSetting
from tests.commands.running import run
from tests.commands.sharing import AS_OF, Team, make_team, work
from tests.exchange.remotes import bare, refs
from tests.gitting import git

JSON = ("report", "--as-of", AS_OF, "--format", "json")


@pytest.mark.slow
@pytest.mark.parametrize("server", ["newest"], indirect=True)
def test_all_three_read_the_same_report_and_so_does_a_team_s_database(tmp_path: Path, server_url: str) -> None:
    team = make_team(tmp_path)
    work(team)
    _share(team)
    git(team.ci.path, "pull", "-q")
    for number, commit in enumerate(git(team.ci.path, "rev-list", "--first-parent", "-2", "HEAD").split()):
        team.record(commit, str(number))
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
    """Both say yes once, and push."""
    for developer in (team.ann, team.ben):
        developer.ledger("share", "on", "--with", "usage", "--yes")
        developer.ledger("share", "push")


def test_nothing_is_shared_before_somebody_saw_the_lines_and_said_yes(tmp_path: Path) -> None:
    server = bare(tmp_path)
    seed = tmp_path / "seed"
    (seed / "ledger.toml").write_text('share = "usage"\n')
    asked = run("-C", str(seed), "share", "push")
    assert asked.code == 1
    assert "ledger share on" in asked.err  # what a team proposes is no consent
    assert run("-C", str(seed), "tag", "HEAD", "--task", "fix").code == 0
    unsure = run("-C", str(seed), "share", "on")
    assert unsure.code == 1
    assert "cannot be called back" in unsure.err
    assert "Sharing usage" in unsure.err
    assert '"kind":"tag"' in unsure.err  # the very line
    assert git(seed, "config", "--get", "ledger.share", check=False) == ""
    sure = run("-C", str(seed), "share", "on", "--yes", "--hook")
    assert (sure.code, git(seed, "config", "ledger.share")) == (0, "usage")
    assert refs(server) == {}
    assert run("-C", str(seed), "share", "push").code == 0
    assert len(refs(server)) == 1
    team = run("-C", str(seed), "doctor", "--team")
    assert "1 clone heard of" in team.out
    off = run("-C", str(seed), "share", "off")
    assert "Nothing is shared any more" in off.err
    assert run("-C", str(seed), "share", "push").code == 1
    assert not (seed / ".git" / "ledger" / "push-hook").exists()
    git(seed, "remote", "set-url", "origin", "file:///nowhere")
    gone = run("-C", str(seed), "share", "pull")
    assert gone.code == 1
    assert gone.err.startswith("ledger: origin cannot be reached")


@pytest.mark.parametrize(
    ("settings", "toml", "share", "proposed"),
    [
        ({}, "", "off", ""),
        ({}, 'share = "usage"', "off", "usage"),
        ({}, 'share = "off"', "off", ""),
        ({"share": "facts"}, 'share = "usage"', "facts", "usage"),
    ],
)
def test_only_a_clones_own_configuration_shares(settings: dict[str, str], toml: str, share: str, proposed: str) -> None:
    config = load_config({}, settings, toml, "ledger.toml")
    assert (config.share, config.share_proposed) == (share, proposed)


@pytest.mark.parametrize(("settings", "toml"), [({"share": "all"}, ""), ({}, 'share = "everything"')])
def test_a_word_that_says_nothing_of_sharing_is_refused(settings: dict[str, str], toml: str) -> None:
    with pytest.raises(BadSetting, match=r"ledger\.share"):
        load_config({}, settings, toml, "ledger.toml")
