"""The only door to git.

GitPython finds the repository and reads its configuration; bulk history is streamed from one git process, because
its object API is 5-150 times slower (hooks.md §6.3).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import GitFailed, NotARepository
from ledger.git_process import CHUNK, Ended, ended_within, environment, object_in, split, spooled, unasking, written

if TYPE_CHECKING:
    from git import Repo


class Git:
    """A repository's git, opened at a path; every git process of the program starts here."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo

    @classmethod
    def open(cls, path: str | Path = ".") -> Git:
        """The repository that holds `path`; raises NotARepository."""
        # Imported now: who only asks git what stands where never opens a repository.
        from git import Repo
        from git.exc import InvalidGitRepositoryError, NoSuchPathError

        try:
            return cls(Repo(path, search_parent_directories=True, expand_vars=False))
        except (InvalidGitRepositoryError, NoSuchPathError, ValueError) as error:
            raise NotARepository(str(path)) from error

    @property
    def is_bare(self) -> bool:
        """There is no worktree."""
        return bool(self._repo.bare)

    @cached_property
    def git_dir(self) -> Path:
        """This worktree's git directory."""
        return Path(self._repo.git_dir).resolve()

    @cached_property
    def common_dir(self) -> Path:
        """The git directory that all worktrees share."""
        return Path(self._repo.common_dir).resolve()

    @cached_property
    def worktree(self) -> Path | None:
        """The top of the worktree; None in a bare repository."""
        return Path(str(self._repo.working_tree_dir)).resolve() if self._repo.working_tree_dir else None

    @property
    def ledger_dir(self) -> Path:
        """`<git common dir>/ledger`: journal, default database, clone id."""
        return self.common_dir / "ledger"

    @cached_property
    def is_shallow(self) -> bool:
        """History starts in the middle."""
        return (self.common_dir / "shallow").exists()

    def boundary(self) -> list[str]:
        """The commits of a shallow clone whose parents are not there."""
        file = self.common_dir / "shallow"
        return file.read_text().split() if file.is_file() else []

    @cached_property
    def version(self) -> tuple[int, int]:
        """Major and minor version of the git that runs."""
        return _version_in(self.run("version"))

    @property
    def has_commits(self) -> bool:
        """Some ref points at a commit."""
        return bool(
            self.run("for-each-ref", "--count=1") or self.run("rev-parse", "-q", "--verify", "HEAD", check=False)
        )

    def run(self, *arguments: str, stdin: bytes | None = None, check: bool = True) -> str:
        """What the git command prints, without the last newline; raises GitFailed unless `check` is False."""
        return self.run_bytes(*arguments, stdin=stdin, check=check).decode(errors="replace").removesuffix("\n")

    def run_bytes(
        self, *arguments: str, stdin: bytes | None = None, check: bool = True, env: Mapping[str, str] | None = None
    ) -> bytes:
        """As `run`, undecoded, with more in the environment."""
        return _printed(self._cwd, arguments, stdin=stdin, check=check, env=env)

    def talk(self, *arguments: str, seconds: float) -> Ended:
        """How a git command ended that talks to a remote: asking nobody, and killed with its children after that time.

        It has no terminal: what asks for a password fails instead of waiting (`GIT_TERMINAL_PROMPT` is for git only).
        """
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            subprocess.Popen(
                ["git", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=self._cwd,
                env={**environment(), **unasking(self.run("config", "core.sshCommand", check=False))},
                start_new_session=True,
            ) as process,
        ):
            code = ended_within(process, seconds)
            return Ended(code, written(out), written(err))

    def stream(self, *arguments: str, stdin: bytes = b"", separator: bytes = b"\0") -> Iterator[bytes]:
        """The parts of what a git command prints, as it prints them, in flat memory; raises GitFailed at its end."""
        with (
            spooled(stdin) as feed,
            subprocess.Popen(
                ["git", *arguments],
                stdin=feed,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._cwd,
                env=environment(),
            ) as process,
        ):
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            pipe = process.stdout.fileno()
            yield from split(iter(lambda: os.read(pipe, CHUNK), b""), separator)
            said = process.communicate()[1]
        if process.returncode:
            raise GitFailed(" ".join(arguments[:2]), said.decode(errors="replace"))

    def objects(self, names: Iterable[str], largest: int) -> Iterator[bytes | None]:
        """What each of the named objects holds, in their order; None for one that is not there or larger than that.

        Streamed from one `git cat-file --batch`, one object in memory at a time; raises GitFailed at its end.
        """
        with (
            spooled("".join(f"{name}\n" for name in names).encode()) as feed,
            subprocess.Popen(
                ["git", "cat-file", "--batch"],
                stdin=feed,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._cwd,
                env=environment(),
            ) as process,
        ):
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            while header := process.stdout.readline():
                yield object_in(process.stdout, header, largest)
        if process.returncode:
            raise GitFailed("cat-file --batch", "")

    def patch_ids(self, arguments: Sequence[str], stdin: bytes) -> list[tuple[str, str]]:
        """(stable patch-id, commit) of each patch that a git command prints; the patches never pass through us."""
        with spooled(stdin) as feed, spooled(b"") as nowhere:
            patches = subprocess.Popen(
                ["git", *arguments],
                stdin=feed,
                stdout=subprocess.PIPE,
                stderr=nowhere,
                cwd=self._cwd,
                env=environment(),
            )
            hashed = subprocess.run(
                ["git", "patch-id", "--stable"],
                stdin=patches.stdout,
                capture_output=True,
                cwd=self._cwd,
                env=environment(),
                check=False,
            )
            if patches.stdout:
                patches.stdout.close()
            patches.wait()
        if hashed.returncode:
            raise GitFailed("patch-id", hashed.stderr.decode(errors="replace"))
        rows = (line.split() for line in hashed.stdout.decode().splitlines())
        return [(row[0], row[1]) for row in rows if len(row) > 1]

    def settings(self) -> dict[str, str]:
        """`git config ledger.*`, keys in lower case without the prefix; several values of a key are several lines."""
        said = self.run_bytes("config", "--null", "--get-regexp", r"^ledger\.", check=False)
        found: dict[str, str] = {}
        for part in filter(None, said.split(b"\0")):
            key, _, value = part.decode(errors="replace").partition("\n")
            name = key.removeprefix("ledger.")
            found[name] = f"{found[name]}\n{value}" if name in found else value
        return found

    def set_setting(self, key: str, value: str) -> None:
        """Give `ledger.<key>` a value in this repository's configuration; raises GitFailed."""
        self.run("config", "--local", f"ledger.{key}", value)

    def remotes(self) -> dict[str, str]:
        """Remote name → URL as configured."""
        said = self.run("config", "--get-regexp", r"^remote\..*\.url$", check=False)
        pairs = (line.partition(" ") for line in said.splitlines())
        return {key.removeprefix("remote.").removesuffix(".url"): url for key, _, url in pairs}

    def worktrees(self) -> list[Path]:
        """The directories of all worktrees that git knows and that are not bare, this one first.

        For a git directory that stands apart (a submodule's, a separate one) git lists that instead of the worktree.
        """
        blocks = self.run("worktree", "list", "--porcelain").split("\n\n")
        lines = [block.splitlines() for block in blocks if block]
        listed = [Path(block[0].removeprefix("worktree ")) for block in lines if block and "bare" not in block]
        own = [self.worktree] if self.worktree else []
        return list(dict.fromkeys([*own, *(path for path in listed if path.resolve() != self.common_dir)]))

    def commit_of(self, revision: str) -> str:
        """The id of the commit that a revision such as `HEAD~2` or a tag names; '' where it names none."""
        return self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", check=False)

    def commits_in(self, revisions: str) -> list[str] | None:
        """The commits of a range such as `main..feature`, newest first, without merges: they hold no work.

        None where git knows no such range.
        """
        try:
            return self.run("rev-list", "--no-merges", "--end-of-options", revisions, "--").split()
        except GitFailed:
            return None

    @property
    def _cwd(self) -> str:
        return str(self.worktree or self.git_dir)


_STANDING = (
    ("config", "--null", "--list"),
    ("for-each-ref", "--format=%(objectname) %(refname) %(symref) %(HEAD)"),
    ("worktree", "list", "--porcelain"),
)


def standing(worktree: str) -> Iterator[bytes]:
    """What git says of all settings, where all refs stand, and of the worktrees; raises GitFailed.

    Whatever an update learns from git follows from these, as long as the objects are there that it has read.
    """
    for arguments in _STANDING:
        yield _printed(worktree, arguments)


def _printed(
    where: str,
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    check: bool = True,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """What a git command prints that runs in a directory; raises GitFailed unless `check` is False."""
    done = subprocess.run(
        ["git", *arguments],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        cwd=where,
        env={**environment(), **(env or {})},
        check=False,
    )
    if check and done.returncode:
        raise GitFailed(" ".join(arguments[:2]), done.stderr.decode(errors="replace"))
    return done.stdout


def others_on_path() -> dict[Path, tuple[int, int]]:
    """Every other git on PATH than the one that runs, with its major and minor version."""
    first = shutil.which("git")
    seen = {Path(first).resolve()} if first else set()
    found = {}
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = shutil.which("git", path=folder)
        if program and Path(program).resolve() not in seen:
            seen.add(Path(program).resolve())
            found[Path(program)] = _version_in(_said_by(program, "version"))
    return found


def global_setting(key: str) -> str:
    """A key of the user's own configuration, a path expanded; '' where it is not set."""
    return _said_by("git", "config", "--global", "--type=path", "--get", key).removesuffix("\n")


def set_global(key: str, value: str | None) -> None:
    """Give a key of the user's own configuration a value; None takes it away."""
    _said_by("git", "config", "--global", *(("--unset", key) if value is None else (key, value)))


def _said_by(*command: str) -> str:
    """What a git prints that needs no repository."""
    done = subprocess.run(command, capture_output=True, env=environment(), stdin=subprocess.DEVNULL, check=False)
    return done.stdout.decode(errors="replace")


def _version_in(said: str) -> tuple[int, int]:
    found = re.search(r"(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
