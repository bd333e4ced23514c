"""The settings' words about agents' names are facts: they hold where the settings are not, and can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ledger.posting.concealing import Open
from ledger.posting.copying import copy
from ledger.posting.derive import derive
from ledger.posting.update import repository_here, update
from ledger.posting.workplace import open_workplace
from ledger.store import reads
from ledger.store.engine import open_ledger
from tests.gitting import commit, git
from tests.posting.calling import NOW, asked, made, opened, post_calls

ROLES = "SELECT role, role_evidence FROM charge ORDER BY role"


def begin(repository: Path) -> None:
    """One call of an agent that no default knows, and one of a reviewer."""
    commit(repository, "first")
    names = {"a": "qa-gate", "b": "code-reviewer"}
    post_calls(repository, *(replace(made(key), agent_name=name) for key, name in names.items()))


def again(repository: Path, days: int = 1) -> None:
    with opened(repository) as ledger:
        update(open_workplace(str(repository)), ledger, now=NOW + timedelta(days=days), sources=("commits",))


def test_a_name_has_its_usual_role_until_the_settings_say_another(repository: Path) -> None:
    begin(repository)
    assert asked(repository, ROLES) == [("review", "name"), ("scout", "inferred")]
    (repository / "ledger.toml").write_text('[roles]\n"qa-*" = "review"\n"code-reviewer" = "scout"\n')
    again(repository)
    assert asked(repository, ROLES) == [("review", "name"), ("scout", "name")]
    assert asked(repository, "SELECT pattern, role FROM role_rule ORDER BY pattern") == [
        ("code-reviewer", "scout"),
        ("qa-*", "review"),
    ]


def test_what_is_said_again_is_no_new_fact_and_what_is_taken_back_is(repository: Path) -> None:
    begin(repository)
    git(repository, "config", "--add", "ledger.roles", "qa-gate=review")
    again(repository)
    said = asked(repository, "SELECT * FROM role_rule")
    again(repository, 2)
    assert asked(repository, "SELECT * FROM role_rule") == said
    git(repository, "config", "--unset-all", "ledger.roles")
    again(repository, 3)
    assert asked(repository, "SELECT role FROM role_rule") == [("",)]
    assert asked(repository, ROLES) == [("review", "name"), ("scout", "inferred")]


def test_a_ledger_elsewhere_draws_the_same_without_the_settings(repository: Path, tmp_path: Path) -> None:
    begin(repository)
    git(repository, "config", "ledger.roles", "qa-gate=review")
    again(repository)
    there = open_ledger(str(tmp_path / "there.db"))
    with opened(repository) as here:
        identity = repository_here(open_workplace(str(repository)), here)
        copy(here, there, Open(), lambda _kind, _count: None)
        derive(there, identity)
        with here.read() as connection, there.read() as other:
            for kind in ("change", "charge", "attempt", "review"):
                assert list(reads.derived(connection, kind, identity)) == list(reads.derived(other, kind, identity))
            assert {row.role for row in reads.derived(other, "charge", identity)} == {"review"}
    there.close()
