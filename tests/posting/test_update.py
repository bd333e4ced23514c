"""The whole way from a repository to a report: once, in any order, and back again."""

from __future__ import annotations

import json
import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.demo.surroundings import at_home
from ledger.domain.facts import KINDS
from ledger.domain.reading import Named
from ledger.entries import encode
from ledger.errors import LedgerError
from ledger.posting.derive import derive, load
from ledger.posting.reporting import make_report
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.reports import render
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from ledger.store.views import VIEWS
from tests.gitting import WHEN, commit, git
from tests.posting.worlds import NOW, World, small_world, wanted, world

__all__ = ["wanted", "world"]  # fixtures


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(sql)]
    ledger.close()
    return found


def test_the_report_reconciles_to_the_nano(wanted: tuple[str, Path]) -> None:
    report = json.loads(wanted[0])
    buckets = report["reconciliation"]["buckets"]
    assert sum(Decimal(usd) for usd in buckets.values()) == Decimal(report["reconciliation"]["total_usd"]) > 0
    assert report["reconciliation"]["difference_usd"] == "0.00"
    (charges,), (calls,) = (
        rows(wanted[1], "SELECT SUM(nusd) FROM charge"),
        rows(wanted[1], "SELECT SUM(nusd) FROM call_cost"),
    )
    assert charges == calls


def test_views_and_report_say_the_same(wanted: tuple[str, Path]) -> None:
    report = json.loads(wanted[0])
    said = {
        (g["key"]["basis"], g["key"]["model"], g["key"]["task_type"]): g
        for g in report["groups"]
        if g["key"]["task_type"] is not None
    }
    columns = "basis, model, task_type, n, accepted, rejected, base_n, base_accepted, base_cost_usd"
    seen = rows(wanted[1], f"SELECT {columns} FROM cost_per_accepted_change")  # noqa: S608 - names of ours
    assert {row[:3] for row in seen} == {key for key in said if key[0] != "trunk"}
    for basis, model, kind, n, accepted, rejected, base_n, base_accepted, cost in seen:
        group = said[basis, model, kind]
        assert (group["n"], group["accepted"], group["rejected"]) == (n, accepted, rejected)
        assert (group["base"]["n"], group["base"]["accepted"]) == (base_n, base_accepted)
        assert float(group["base"]["cost_usd"]) == pytest.approx(cost, abs=1e-9)
    buckets = {
        str(bucket): int(str(nusd)) for bucket, nusd in rows(wanted[1], "SELECT bucket, nusd FROM reconciliation")
    }
    total = buckets.pop("all calls")
    assert sum(buckets.values()) == total > 0


def test_every_view_answers(wanted: tuple[str, Path]) -> None:
    for view in VIEWS:
        rows(wanted[1], f"SELECT * FROM {view}")  # noqa: S608 - a name of ours


def test_posting_again_changes_nothing(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    world.post(database)
    again = world.post(database)
    assert (again.new, again.changed, again.is_derived) == (0, 0, False)
    assert world.report(database) == wanted[0]


def test_rebuilding_gives_the_same_bytes(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    world.post(database)
    ledger = open_ledger(str(database))
    with ledger.write() as writing:
        for table in ("change", "charge", "call_cost", "change_spend", "attempt", "change_commit", "change_alias"):
            writing.connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    for repository in _repositories(ledger):
        derive(ledger, repository)
    ledger.close()
    assert world.report(database) == wanted[0]


def _repositories(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return reads.repositories(connection)


@pytest.mark.parametrize("seed", range(3))
def test_pieces_in_any_order_end_in_the_same_report(
    world: World, wanted: tuple[str, Path], tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    database = tmp_path / "ledger.db"
    lines = world.demo.entries.read_text().splitlines(keepends=True)
    world.post(database, ("commits",), ())
    halves = []
    for name, part in zip("ab", (chance.sample(lines, len(lines) // 2), chance.sample(lines, len(lines))), strict=True):
        halves.append(tmp_path / f"{name}.jsonl")
        halves[-1].write_text("".join(part))
    goes: list[tuple[tuple[str, ...], tuple[Path, ...]]] = [
        (("journal",), ()),
        (("claude-code",), ()),
        ((), (halves[0],)),
        ((), (halves[1],)),
    ]
    for sources, files in chance.sample(goes, len(goes)):
        world.post(database, sources, files)
    assert world.report(database) == wanted[0]


def test_deleted_transcripts_change_nothing(wanted: tuple[str, Path], tmp_path: Path) -> None:
    world, database = small_world(tmp_path / "demo"), tmp_path / "ledger.db"
    world.post(database)
    shutil.rmtree(world.demo.home / ".claude")
    assert world.post(database).new == 0
    assert world.report(database) == wanted[0]


def all_facts(database: Path) -> dict[str, list[object]]:
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        found = {kind: list(reads.facts(connection, kind)) for kind in KINDS}
    ledger.close()
    return found


def test_exported_entries_make_the_same_ledger(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    source = open_ledger(str(wanted[1]))
    exported = tmp_path / "all.jsonl"
    with source.read() as connection, exported.open("w") as out:
        names = {repository: reads.aliases(connection, repository) for repository in reads.repositories(connection)}
        for kind in KINDS:
            for fact in reads.facts(connection, kind):
                owner = str(getattr(fact, "repository_id", None) or getattr(fact, "id", ""))
                out.write(encode(fact, names.get(owner, [])) + "\n")
    source.close()
    database = tmp_path / "copy.db"
    posted = world.post(database, (), (exported,))
    assert posted.skipped == 0
    assert all_facts(database) == all_facts(wanted[1])
    assert world.report(database) == wanted[0]


def test_an_interrupted_post_goes_on(
    world: World, wanted: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "ledger.db"
    monkeypatch.setattr("ledger.posting.update._BATCH", 50)
    with at_home(world.demo.home) as environ:
        workplace = open_workplace(str(world.demo.repository), environ, str(database))
        ledger = open_ledger(str(database))

        def stop(source: str, count: int) -> None:
            if source == "claude-code" and count > 300:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            update(workplace, ledger, now=NOW, named={"entries": Named((str(world.demo.entries),))}, step=stop)
        ledger.close()
    monkeypatch.undo()
    world.post(database)
    assert world.report(database) == wanted[0]


def test_a_retracted_entry_counts_no_more(world: World, tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    world.post(database)
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        request = next(row for row in reads.facts(connection, "request") if row.merged_at is None and row.closed_at)
    ledger.close()
    from ledger.entries import fact_id

    taken = tmp_path / "retract.jsonl"
    taken.write_text(json.dumps({"v": 1, "kind": "retract", "body": {"id": fact_id(request)}}) + "\n")
    before = json.loads(world.report(database))
    world.post(database, (), (taken,))
    after = json.loads(world.report(database))
    assert (
        sum(g["rejected"] for g in before["groups"]) - sum(g["rejected"] for g in after["groups"]) == 2
    )  # in two tables


# -- what cannot be posted ---------------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    workplace = open_workplace(str(path), os.environ)
    with pytest.raises(LedgerError) as error:
        update(workplace, open_ledger(workplace.database), now=NOW)
    return str(error.value)


def test_no_repository_an_unborn_branch_and_a_shallow_clone_end_in_a_sentence(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="not in a git repository"):
        open_workplace(str(tmp_path), os.environ)
    assert "no commits yet" in refused(repository)
    for number in range(3):
        commit(repository, f"c{number}", {"f": str(number)})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    assert "git fetch --unshallow" in refused(tmp_path / "shallow")


def test_a_bare_repository_is_posted(repository: Path, tmp_path: Path) -> None:
    commit(repository, "feat: x\n\nCo-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>", at=WHEN)
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    workplace = open_workplace(str(tmp_path / "bare.git"), os.environ)
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    report = make_report(ledger, NOW)
    assert [group.sums.model for group in report.groups] == ["claude-opus-4-6"]


def test_people_s_repository_says_so_and_what_to_do(repository: Path) -> None:
    commit(repository, "one", at=WHEN)
    workplace = open_workplace(str(repository), os.environ)
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    report = make_report(ledger, NOW)
    assert report.headline.startswith("No model was seen in 1 commit")
    assert "ledger use" in report.next_step


def transcript(home: Path, cwd: Path, branch: str, minutes: float, wrote: str = "") -> None:
    """A call made so long after WHEN, as Claude Code logs it."""
    path = home / ".claude/projects/p/s1.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    message = {
        "id": f"msg_{minutes}",
        "model": "claude-opus-4-8",
        "stop_reason": "end_turn",
        "content": [{"type": "tool_use", "id": "t", "name": "Write", "input": {"file_path": wrote}}] if wrote else [],
        "usage": {"output_tokens": 1000},
    }
    row = {
        "type": "assistant",
        "uuid": f"u{minutes}",
        "timestamp": (WHEN + timedelta(minutes=minutes)).isoformat(),
        "sessionId": "s1",
        "cwd": str(cwd),
        "gitBranch": branch,
        "message": message,
    }
    path.write_text(json.dumps(row) + "\n")


def test_a_moved_worktree_comes_into_scope_when_its_path_is_named(repository: Path, hermetic: Path) -> None:
    commit(repository, "one", at=WHEN + timedelta(hours=1))
    transcript(hermetic, Path("/gone/away/repo"), "main", 30, wrote="/gone/away/repo/one")
    workplace = open_workplace(str(repository), os.environ)
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    assert make_report(ledger, NOW).coverage.out_of_scope_sessions == 1
    shutil.rmtree(hermetic / ".claude")
    git(repository, "config", "ledger.path", "/gone/away/repo")
    update(open_workplace(str(repository), os.environ), ledger, now=NOW)
    report = make_report(ledger, NOW)
    assert report.coverage.out_of_scope_sessions == 0
    assert report.buckets.total == report.buckets.accepted > 0


def test_an_agent_in_a_part_of_the_worktree_is_known_by_the_files_it_wrote(repository: Path, hermetic: Path) -> None:
    commit(repository, "other work", {"other.py": "1"}, at=WHEN + timedelta(minutes=40))
    theirs = commit(repository, "the package", {"package/a.py": "1"}, at=WHEN + timedelta(minutes=50))
    transcript(hermetic, repository / "package", "main", 30, wrote=str(repository / "package/a.py"))
    workplace = open_workplace(str(repository), os.environ)
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    with ledger.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT rule, oid FROM charge JOIN change_commit ON change_commit.change_id = charge.change_id"
        ).fetchall()
    assert [tuple(row) for row in found] == [("file", theirs)]


def test_a_hostile_branch_title_and_model_do_no_harm(repository: Path, hermetic: Path) -> None:
    hostile = "\x1b[31m[bold]=1+1|<script>\u202e"
    oid = commit(repository, f"{hostile}\n\nAssisted-by: x:{hostile}", at=WHEN + timedelta(hours=1))
    transcript(hermetic, repository, hostile, 30)
    workplace = open_workplace(str(repository), os.environ)
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    for form in ("table", "json"):
        text = render(make_report(ledger, NOW), form)
        assert "\x1b" not in text
        assert oid


def test_an_older_program_posts_and_leaves_newer_conclusions_alone(repository: Path, hermetic: Path) -> None:
    commit(repository, "one", at=WHEN + timedelta(hours=1))
    transcript(hermetic, repository, "main", 30)
    workplace = open_workplace(str(repository), os.environ)
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    before = render(make_report(ledger, NOW), "json")
    with ledger.write() as writing:
        writing.derived(99)
    assert render(make_report(ledger, NOW), "json") == before
    commit(repository, "fix: two\n\nAssisted-by: claude-code:claude-opus-4-8", at=WHEN + timedelta(hours=2))
    posted = update(workplace, ledger, now=NOW)
    assert posted.new > 0
    assert not posted.is_derived
    assert any("a newer git-ledger draws the conclusions" in notice for notice in posted.notices)
    report = make_report(ledger, NOW)
    assert not report.is_settled
    assert report.groups == make_report(ledger, NOW).groups


def test_years_of_people_s_work_before_the_first_model_change_no_figure(repository: Path, hermetic: Path) -> None:
    for year in range(6):
        commit(repository, f"years ago {year}", {f"old{year}": "x"}, at=WHEN - timedelta(days=365 * (8 - year)))
    git(repository, "checkout", "-q", "-b", "feat/x")
    commit(repository, "feat: x\n\nAssisted-by: claude-code:claude-opus-4-8", {"x": "1"}, at=WHEN)
    clock_set_back = datetime(1971, 1, 1, tzinfo=UTC)
    commit(repository, "feat: more", {"y": "1"}, at=clock_set_back)
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "Merge branch 'feat/x'", "feat/x", at=WHEN + timedelta(hours=1))
    commit(repository, "people again", at=WHEN + timedelta(hours=2))
    transcript(hermetic, repository, "feat/x", -30)
    workplace = open_workplace(str(repository), os.environ)
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    with ledger.read() as connection:
        (identity,) = reads.repositories(connection)
        assert load(connection, identity).before == 6
    report = make_report(ledger, NOW)
    (group,) = report.groups
    assert (group.sums.basis, group.sums.n, group.sums.accepted, group.sums.n_cost_known) == ("branch", 1, 1, 1)
    assert report.buckets.accepted == report.buckets.total > 0
    assert (report.coverage.commits, report.coverage.human_changes) == (10, 7)
