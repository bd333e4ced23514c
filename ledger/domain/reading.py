"""What a source is asked, and what it yields besides facts: where it stopped, and what it could not read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ledger.domain.facts import Fact

Resolve = Callable[[tuple[str, ...]], str | None]
"""Names of a repository → its id in this ledger; None where it has none of them."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Something that could not be read: counted and named in the report's footer."""

    what: str
    """The kind of thing: line, file, entry, commit."""
    where: str
    """File and line, or the reference; never its content."""
    why: str
    """One plain sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a source stopped, so that the next reading starts there; kept with the facts it covers."""

    source: str
    name: str
    """What was read: a file, a ref."""
    text: str
    """The source's own form."""
    is_whole: bool = False
    """It was read from its beginning: what was said before of anything in it holds no more."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A file was read: that it could not be holds no more, and if it was read whole, nothing that was said of it."""

    where: str
    is_whole: bool


Reading = Iterable[Fact | Skip | Cursor | Settled]


def _nobody(_names: tuple[str, ...]) -> str | None:
    """No repository is known."""
    return None


def _hidden(_login: str) -> str:
    """Nobody is known."""
    return ""


@dataclass(frozen=True, slots=True)
class Named:
    """What a person named to be read, for sources that read nothing unasked."""

    names: tuple[str, ...]
    """Files as they were typed, `-` for standard input; a source may take URLs too."""
    resolve: Resolve = _nobody
    known: Mapping[str, str] = field(default_factory=dict)
    """Where the source stopped before, by the names of its cursors."""
    tags: tuple[str, ...] = ()
    """What holds for every call that does not say it itself, e.g. `repo:github.com/owner/name`."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field → column, for a source that is told what the columns of a table mean."""
    columns_file: str = ""
    """A TOML file that says more of the same; '' where none does."""
    here: str = ""
    """The id of the repository that is posted from: what names no repository is its."""
    here_names: tuple[str, ...] = ()
    """What that repository is called, `host/owner/name` and root commits."""
    also_here: tuple[str, ...] = ()
    """Further names that a person says it has."""
    person: Callable[[str], str] = _hidden
    """A person's login → what the ledger keeps of it."""
