"""Which forge a clone is asked at, and what is said where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.posting.asking import find_access, find_token, wanted_access, wanted_token
from ledger.posting.workplace import Workplace, open_workplace
from tests.forges import TOKEN
from tests.gitting import git


def workplace(repository: Path, **environ: str) -> Workplace:
    return open_workplace(str(repository), environ=environ)


def test_the_remote_says_where_and_a_setting_which_forge(repository: Path) -> None:
    assert find_access(workplace(repository)) is None
    git(repository, "remote", "add", "origin", "ssh://git@git.example.org:2222/team/shop.git")
    assert find_access(workplace(repository)) is None
    with pytest.raises(LedgerError, match=r"its remote is git\.example\.org/team/shop"):
        wanted_access(workplace(repository))
    git(repository, "config", "ledger.forge", "gitlab")
    found = wanted_access(workplace(repository))
    assert (found.forge, found.alias) == ("gitlab", "git.example.org/team/shop")


def test_a_token_is_the_environments_or_there_is_a_sentence(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://gitlab.com/team/shop")
    asked = wanted_access(workplace(repository))
    assert find_token(asked, {}) is None
    with pytest.raises(LedgerError, match="set GITLAB_TOKEN to one with the scope read_api"):
        wanted_token(asked, {})
    assert wanted_token(asked, {"GITLAB_TOKEN": TOKEN}).text == TOKEN
