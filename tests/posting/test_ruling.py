"""Path rules as facts: read with each diff, read again when they change, and the same on every way into a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import RepositoryRules
from ledger.domain.git_facts import CommitArea
from ledger.domain.known_areas import PACKAGES
from ledger.entries import decode, encode
from ledger.errors import BadSetting
from ledger.posting.derive import derive
from ledger.posting.ruling import path_rules
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, commit, git

NOW = datetime(2026, 4, 1, tzinfo=UTC)
BY = "\n\nAssisted-by: claude-code:claude-opus-4-8"
RULES = '[areas]\nui = { paths = ["web/"], stakes = "high" }\n[labels]\nurgent = "fix"\n'


@contextmanager
def opened(database: Path) -> Iterator[Ledger]:
    ledger = open_ledger(str(database), create=True)
    yield ledger
    ledger.close()


def post(repository: Path, database: Path, now: datetime = NOW) -> bool:
    """One update of what git tells; whether conclusions were drawn."""
    with opened(database) as ledger:
        workplace = open_workplace(str(repository), database=str(database))
        return update(workplace, ledger, now=now, sources=("commits",)).is_derived


def touched(database: Path) -> dict[str, tuple[str | None, ...]]:
    sql = "SELECT title, area, stakes, stakes_by, package FROM changes"
    with opened(database) as ledger, ledger.read() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.exec_driver_sql(sql)}


def kept(database: Path, kind: str) -> list[Any]:
    with opened(database) as ledger, ledger.read() as connection:
        return list(reads.facts(connection, kind))


@pytest.fixture
def world(repository: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A repository with work of a model in three places, posted by the rules of every repository."""
    commit(repository, "begin", at=WHEN)
    commit(repository, "auth" + BY, {"src/auth/a.py": "1\n"}, at=WHEN)
    commit(repository, "web" + BY, {"web/a.ts": "1\n2\n", "packages/x/b.ts": "1\n"}, at=WHEN)
    commit(repository, "none" + BY, {"a.txt": "1\n"}, at=WHEN)
    database = tmp_path / "ledger.db"
    assert post(repository, database)
    return repository, database


def test_the_usual_areas_are_told_without_a_configuration(world: tuple[Path, Path]) -> None:
    assert touched(world[1]) == {
        "auth": ("auth", "high", "auth", "none"),
        "web": ("none", "normal", "", "packages/x"),
        "none": ("none", "normal", "", "none"),
    }
    (rules,) = kept(world[1], "repository_rules")
    assert (rules.is_configured, rules.labels, rules.at) == (False, (), NOW)


def test_nothing_new_is_nothing_to_do(world: tuple[Path, Path]) -> None:
    before = kept(world[1], "repository_rules") + kept(world[1], "commit_area")
    assert not post(*world, now=NOW + timedelta(days=1))
    assert kept(world[1], "repository_rules") + kept(world[1], "commit_area") == before


def test_new_rules_hold_for_what_was_posted_before(world: tuple[Path, Path]) -> None:
    (world[0] / "ledger.toml").write_text(RULES)
    assert post(*world, now=NOW + timedelta(days=1))
    assert touched(world[1])["web"] == ("ui", "high", "ui", "packages/x")
    (rules,) = kept(world[1], "repository_rules")
    assert (rules.is_configured, rules.labels, rules.at) == (True, (("urgent", "fix"),), NOW + timedelta(days=1))
    (world[0] / "ledger.toml").unlink()
    assert post(*world, now=NOW + timedelta(days=2))
    assert touched(world[1])["web"] == ("none", "normal", "", "packages/x")
    assert len(kept(world[1], "commit_area")) == 2 * 3, "what was read by the first rules is not read again"


def test_a_clock_that_was_set_back_does_not_keep_old_rules(world: tuple[Path, Path]) -> None:
    (world[0] / "ledger.toml").write_text(RULES)
    assert post(*world, now=NOW - timedelta(days=300))
    assert touched(world[1])["web"][0] == "ui"
    assert not post(*world, now=NOW - timedelta(days=300))


def test_a_commit_that_is_gone_keeps_what_was_said_of_it(world: tuple[Path, Path]) -> None:
    repository, database = world
    git(repository, "switch", "-q", "-c", "side", "HEAD~1")
    gone = commit(repository, "gone" + BY, {"web/c.ts": "1\n", "src/auth/c.py": "1\n"}, at=WHEN)
    post(repository, database)
    git(repository, "switch", "-q", "main")
    git(repository, "branch", "-q", "-D", "side")
    git(repository, "reflog", "expire", "--expire=now", "--all")
    git(repository, "gc", "-q", "--prune=now")
    (repository / "ledger.toml").write_text(RULES)
    post(repository, database, NOW + timedelta(days=1))
    assert sum(row.oid == gone for row in kept(database, "commit_area")) == 1
    assert touched(database)["web"][0] == "ui"
    assert touched(database)["gone"][:2] == ("auth", "high")


def test_a_clone_without_the_file_leaves_the_rules_of_the_others(world: tuple[Path, Path], tmp_path: Path) -> None:
    repository, database = world
    (repository / "ledger.toml").write_text(RULES)
    post(repository, database, NOW + timedelta(days=1))
    git(tmp_path, "clone", "-q", str(repository), "clone")
    commit(tmp_path / "clone", "more" + BY, {"web/d.ts": "1\n"}, at=WHEN)
    post(tmp_path / "clone", database, NOW + timedelta(days=2))
    assert len(kept(database, "repository_rules")) == 2
    assert touched(database)["web"][0] == "ui"
    assert touched(database)["more"][0] == "none", "only the other clone knows what ui is, and has not seen it"
    git(repository, "pull", "-q", str(tmp_path / "clone"), "main")
    post(repository, database, NOW + timedelta(days=3))
    assert touched(database)["more"][0] == "ui"


def test_people_s_commits_beside_a_model_s_are_read_too(world: tuple[Path, Path]) -> None:
    repository, database = world
    git(repository, "switch", "-q", "-c", "both")
    commit(repository, "by a model" + BY, {"lib/a.py": "1\n"}, at=WHEN)
    commit(repository, "by a person", {"src/auth/b.py": "1\n2\n"}, at=WHEN)
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "Merge branch 'both'", "both")
    commit(repository, "by a person alone", {"src/auth/c.py": "1\n"}, at=WHEN)
    alone = git(repository, "rev-parse", "HEAD")
    post(repository, database)
    assert touched(database)["both"] == ("auth", "high", "auth", "none")
    assert alone not in {row.oid for row in kept(database, "commit_area")}


def test_facts_that_came_as_entries_give_the_same_conclusions(world: tuple[Path, Path], tmp_path: Path) -> None:
    (world[0] / "ledger.toml").write_text(RULES)
    post(*world, now=NOW + timedelta(days=1))
    kinds = ("repository", "repository_alias", "git_commit", "commit_diff", "commit_area", "repository_rules")
    facts = [fact for kind in (*kinds, "repository_commit", "tip", "contribution") for fact in kept(world[1], kind)]
    (identity,) = (fact.id for fact in facts if hasattr(fact, "name"))
    lines = [encode(fact, ["name"]) for fact in facts]
    with opened(tmp_path / "other.db") as other:
        with other.write() as writing:
            writing.post(fact for line in reversed(lines) for fact in decode(line, "line", lambda _: identity))
            writing.set_time("posted_at", NOW)
        derive(other, identity)
    assert touched(tmp_path / "other.db") == touched(world[1])


def test_an_entry_without_what_is_new_is_read_as_before() -> None:
    row = CommitArea(oid="a" * 40, rules="r", areas=(("ui", 3, "high"),), packages=(("p", 1),))
    rules = RepositoryRules(
        repository_id="R", clone_id="c", rules="r", labels=(("a", "fix"),), is_configured=True, at=NOW
    )
    for fact in (row, rules):
        assert decode(encode(fact, ["name"]), "line", lambda _: "R") == [fact]


def test_packages_are_the_usual_ones_and_what_workspace_files_tell(world: tuple[Path, Path]) -> None:
    repository, database = world
    workplace = open_workplace(str(repository))
    assert path_rules(workplace).packages == PACKAGES
    (repository / "go.work").write_text("use ./web\n")
    (repository / "package.json").write_text('{"workspaces": ["web", "packages/*"]}')
    assert path_rules(workplace).packages == (*PACKAGES, "web")
    post(repository, database)
    assert touched(database)["web"][3] == "web"
    (repository / "ledger.toml").write_text("packages = false\n")
    post(repository, database)
    assert touched(database)["web"][3] == "none"


def test_rules_that_cannot_be_used_are_refused_before_anything_is_posted(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('[tool.ledger.areas]\nui = { paths = "web/", stakes = "very" }\n')
    with pytest.raises(
        BadSetting, match=r"^pyproject\.toml: areas\.ui\.stakes is 'very'; it must be high or normal\.$"
    ):
        open_workplace(str(repository))


def test_which_forge_the_settings_name_is_a_fact_that_a_rebuild_without_them_knows(
    repository: Path, tmp_path: Path
) -> None:
    database = tmp_path / "l.db"
    commit(repository, "begin", at=WHEN)
    git(repository, "checkout", "-q", "-b", "feat")
    commit(repository, "work" + BY, at=WHEN)
    git(repository, "checkout", "-q", "main")
    git(repository, "remote", "add", "origin", "https://github.com/o/r.git")
    post(repository, database)
    outcome = "SELECT outcome FROM changes WHERE has_model = 1"

    def judged() -> tuple[Any, ...]:
        with opened(database) as ledger:
            with ledger.read() as connection:
                (identity,) = reads.repositories(connection)
            derive(ledger, identity)
            with ledger.read() as connection:
                return tuple(connection.exec_driver_sql(outcome).scalars())

    assert judged() == ("unknown",)
    git(repository, "config", "ledger.forge", "none")
    assert post(repository, database, NOW + timedelta(days=1))
    git(repository, "config", "--unset", "ledger.forge")
    assert judged() == ("abandoned",)
    said = kept(database, "forge_rule")
    assert [(row.forge, row.at) for row in said] == [("none", NOW + timedelta(days=1))]
    (row,) = said
    assert decode(encode(row, ["github.com/o/r"]), "line 1", lambda _: row.repository_id) == [row]
    assert post(repository, database, NOW)
    assert judged() == ("unknown",)
    assert [(row.forge, row.at > NOW) for row in kept(database, "forge_rule")] == [("", True)]
