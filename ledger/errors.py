"""What can go wrong, in the user's words.

Every expected failure is a `LedgerError`; it ends the command with its `exit_code` and its own sentence, which says
what, where and what to do. Anything else that reaches the top is a bug.
"""


class LedgerError(Exception):
    """An expected failure: one plain sentence, exit code 1."""

    exit_code = 1


class NotARepository(LedgerError):
    """There is no git repository at the path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not in a git repository; run this inside one, or name one with -C PATH.")


class GitFailed(LedgerError):
    """A git command ended with an error."""

    def __init__(self, arguments: str, said: str) -> None:
        super().__init__(f"git {arguments} failed: {said.strip() or 'it gave no reason'}.")


class DatabaseUnusable(LedgerError):
    """The ledger's database cannot be opened, read or written."""


class DatabaseLocked(DatabaseUnusable):
    """Another process has been writing to it for longer than we wait."""


class EntryRefused(LedgerError):
    """An entry does not fit the format; the sentence names the line and the field."""


class BadSetting(LedgerError):
    """A setting has a value that cannot be used; the sentence names where it stands."""


class CheckFailed(LedgerError):
    """A check that the user asked for did not hold."""

    exit_code = 3
