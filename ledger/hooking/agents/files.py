"""Reads and writes other programs' files: through symbolic links, in one step, with the mode they had."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ledger.errors import LedgerError


def read(path: Path) -> str | None:
    """The text with its own line ends; None where there is no file. Raises LedgerError for what is no text file."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise LedgerError(f"{path} is not text in UTF-8 and was left alone; mend it and try again.") from error
    except (OSError, RuntimeError) as error:
        raise LedgerError(
            f"{path} cannot be read ({_why(error)}) and was left alone; mend that and try again."
        ) from error


def write(path: Path, text: str) -> list[Path]:
    """Replace the text; returns the directories that had to be made for it. Raises LedgerError."""
    try:
        real = Path(os.path.realpath(path))
        made = make_parents(real)
        mode = real.stat().st_mode & 0o7777 if real.exists() else 0o600
        handle, draft = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
            Path(draft).chmod(mode)
            Path(draft).replace(real)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except (OSError, RuntimeError) as error:
        raise LedgerError(f"{path} cannot be written ({_why(error)}); make it writable and try again.") from error
    return made


def remove(path: Path, folders: list[Path]) -> None:
    """Take a file away, and those of the directories that are empty then. Raises LedgerError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LedgerError(f"{path} cannot be removed ({_why(error)}); make its directory writable.") from error
    for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def make_parents(path: Path) -> list[Path]:
    """Make the directories above a path; returns those that were not there."""
    missing = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _why(error: OSError | RuntimeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
