"""Where the ledger works: the repository, its settings, its secret, and the database they name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ledger.config import Config, load_config
from ledger.domain.keys import keyed
from ledger.domain.retractions import AUTHOR, identity
from ledger.errors import DatabaseUnusable
from ledger.git import Git
from ledger.posting.concealing import Concealed, Open
from ledger.store.engine import Ledger

SETTINGS = ("ledger.toml", "pyproject.toml")
"""The files at the top of a worktree that may hold settings."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A repository that is posted from, and the environment the agents' logs are looked up in."""

    git: Git
    config: Config
    environ: Mapping[str, str]
    database: str
    """SQLAlchemy URL, or the path of a SQLite file."""
    shared_secret: str = ""
    """The secret of the ledger where it is shared; '' for a file of the user's own."""

    def author_key(self) -> Callable[[str], str]:
        """Address → what stands for the author: a keyed hash, or the address where `ledger.authors = plain`."""
        if self.config.authors == "plain":
            return str.lower
        secret = self.secret()
        return lambda address: keyed(secret, address.lower())

    def author_id(self, author: str) -> str:
        """What stands for an author where he is to be forgotten: it says nothing to whoever has not the secret.

        `author` is an address; or the key that stands for one, where the ledger keeps no addresses.
        """
        return identity(AUTHOR, keyed(self.secret(), author.lower()) if "@" in author else author)

    def path_key(self) -> Callable[[str], str]:
        """Path relative to the worktree → keyed hash."""
        return partial(keyed, self.secret())

    def secret(self) -> bytes:
        """The clone's own secret, made on first use; hashes with it mean nothing elsewhere.

        In a shared ledger it is the ledger's: there a file or author hashes alike whoever posts.
        """
        return bytes.fromhex(self.shared_secret or _kept(self.git.ledger_dir / "secret"))

    def veil(self) -> Open:
        """What is concealed of this machine's paths: nothing in a file, everything on a server."""
        return _concealed(self.environ) if self.shared_secret else Open()

    def clone_id(self) -> str:
        """The clone's own id, made on first use."""
        return _kept(self.git.ledger_dir / "clone-id")[:16]

    def rename_clone(self, secret: str) -> None:
        """Give the clone another id, the beginning of 64 hex digits; at once, so that nobody reads half of it."""
        path = self.git.ledger_dir / "clone-id"
        draft = path.with_name(f"clone-id.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secret)
        draft.replace(path)

    def fetched_marker(self) -> Path:
        """The file that says that something was fetched from the shared refs, so that an update looks for it."""
        return self.git.ledger_dir / "fetched"


def veil_of(ledger: Ledger, environ: Mapping[str, str]) -> Open:
    """What is concealed of this machine's paths from a ledger."""
    return _concealed(environ) if ledger.is_shared else Open()


def _concealed(environ: Mapping[str, str]) -> Concealed:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser()
    state = Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "ledger"
    machine = bytes.fromhex(_kept(state / "machine"))
    return Concealed(lambda path: keyed(machine, path), state / "places")


def open_workplace(path: str, environ: Mapping[str, str] | None = None, database: str | None = None) -> Workplace:
    """The workplace at `path`; raises NotARepository or BadSetting."""
    environ = os.environ if environ is None else environ
    git = Git.open(path)
    name, text = settings_file(git)
    config = load_config(environ, git.settings(), text, name)
    return Workplace(git, config, environ, database or config.database or str(git.ledger_dir / "ledger.db"))


def settings_file(git: Git) -> tuple[str, str]:
    """Name and text of the file at the top of the worktree that holds settings; two empty texts where none does."""
    for name in SETTINGS if git.worktree else ():
        path = Path(git.worktree or "") / name
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if name == "ledger.toml" or "[tool.ledger" in text:
                return name, text
    return "", ""


def _kept(path: Path) -> str:
    """32 random bytes in hex, kept in a file that only the user can read; two makers at once agree on one."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise DatabaseUnusable(
            f"{path.parent} cannot be written ({error.strerror}); make it writable: the ledger keeps its secret there."
        ) from error
