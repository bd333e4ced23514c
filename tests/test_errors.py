"""Every error carries its exit code and writes its own sentence."""

from __future__ import annotations

import pytest

from ledger import errors
from ledger.errors import CheckFailed, GitFailed, LedgerError, NotARepository

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LedgerError)]


def test_a_check_that_fails_is_3_and_every_other_error_1() -> None:
    assert {kind.__name__: kind.exit_code for kind in KINDS} == {
        "LedgerError": 1,
        "NotARepository": 1,
        "GitFailed": 1,
        "DatabaseUnusable": 1,
        "DatabaseLocked": 1,
        "EntryRefused": 1,
        "BadSetting": 1,
        "CheckFailed": 3,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_it_means(kind: type[LedgerError]) -> None:
    assert kind.__doc__


def test_a_place_without_a_repository_is_named() -> None:
    assert str(NotARepository("/somewhere")).startswith("/somewhere is not in a git repository; ")


def test_git_s_own_words_are_told_on_one_line() -> None:
    assert str(GitFailed("log x", "  fatal: bad revision 'x'\n")) == "git log x failed: fatal: bad revision 'x'."
    assert str(GitFailed("log x", " \n")) == "git log x failed: it gave no reason."


def test_errors_are_expected_ones_to_the_command_line() -> None:
    with pytest.raises(LedgerError, match="no"):
        raise CheckFailed("no")
