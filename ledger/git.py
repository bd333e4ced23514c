"""The only door to git.

GitPython finds the repository and reads its configuration; bulk history is streamed from one git process, because
its object API is 5-150 times slower (hooks.md §6.3).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ledger.errors import GitFailed, NotARepository

if TYPE_CHECKING:
    from git import Repo

LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""`git rev-parse --local-env-vars`: inherited from a hook, they point git at another repository (hooks.md §1.3)."""

_AS_RECORDED = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": f"{os.devnull}/none"}
"""Replacements and grafts are one clone's own view of history; facts are what the commits themselves say."""

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Ended:
    """How a git command ended that may fail: its exit code, None when its time was over, and what it printed."""

    code: int | None
    out: str
    err: str


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
        done = subprocess.run(
            ["git", *arguments],
            input=stdin if stdin is not None else b"",
            capture_output=True,
            cwd=self._cwd,
            env={**environment(), **(env or {})},
            check=False,
        )
        if check and done.returncode:
            raise GitFailed(" ".join(arguments[:2]), done.stderr.decode(errors="replace"))
        return done.stdout

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
                env={**environment(), **_unasking(self.run("config", "core.sshCommand", check=False))},
                start_new_session=True,
            ) as process,
        ):
            code = _ended_within(process, seconds)
            return Ended(code, _written(out), _written(err))

    def stream(self, *arguments: str, stdin: bytes = b"", separator: bytes = b"\0") -> Iterator[bytes]:
        """The parts of what a git command prints, as it prints them, in flat memory; raises GitFailed at its end."""
        with (
            _spooled(stdin) as feed,
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
            yield from _split(iter(lambda: os.read(pipe, _CHUNK), b""), separator)
            said = process.communicate()[1]
        if process.returncode:
            raise GitFailed(" ".join(arguments[:2]), said.decode(errors="replace"))

    def objects(self, names: Iterable[str], largest: int) -> Iterator[bytes | None]:
        """What each of the named objects holds, in their order; None for one that is not there or larger than that.

        Streamed from one `git cat-file --batch`, one object in memory at a time; raises GitFailed at its end.
        """
        with (
            _spooled("".join(f"{name}\n" for name in names).encode()) as feed,
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
                yield _object(process.stdout, header, largest)
        if process.returncode:
            raise GitFailed("cat-file --batch", "")

    def patch_ids(self, arguments: Sequence[str], stdin: bytes) -> list[tuple[str, str]]:
        """(stable patch-id, commit) of each patch that a git command prints; the patches never pass through us."""
        with _spooled(stdin) as feed, _spooled(b"") as nowhere:
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
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True,
            cwd=worktree,
            env=environment(),
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            raise GitFailed(" ".join(arguments[:2]), done.stderr.decode(errors="replace"))
        yield done.stdout


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


def environment() -> dict[str, str]:
    """The environment for a git process: ours, without what binds it to another repository, and never asking."""
    kept = {name: value for name, value in os.environ.items() if name not in LOCAL_VARIABLES}
    own = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    return {**kept, **own, **_AS_RECORDED}


def _unasking(ssh: str) -> dict[str, str]:
    """What keeps a connection from asking anybody; a program for passwords that the environment names is meant so."""
    chosen = os.environ.get("GIT_SSH_COMMAND") or ssh or os.environ.get("GIT_SSH")
    return {
        "GIT_ASKPASS": os.environ.get("GIT_ASKPASS", ""),
        "GCM_INTERACTIVE": "never",
        **({} if chosen else {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}),
    }


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit code; None when the process and its children were killed after that time."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            _kill_all(process)


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """Git leaves the connection to a child (ssh, git-remote-https), which would live on alone."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _written(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(1 << 20).decode(errors="replace")


def _object(pipe: IO[bytes], header: bytes, largest: int) -> bytes | None:
    """The object that its header announces, read to its end whether it is wanted or not."""
    words = header.split()
    if len(words) != 3 or not words[2].isdigit():  # `NAME missing`
        return None
    left = int(words[2]) + 1  # a newline follows
    if left <= largest + 1:
        return pipe.read(left)[:-1]
    while left and (chunk := pipe.read(min(left, _CHUNK))):
        left -= len(chunk)
    return None


def _split(chunks: Iterable[bytes], separator: bytes) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *parts, rest = (rest + chunk).split(separator)
        yield from parts
    if rest:
        yield rest


@contextmanager
def _spooled(text: bytes) -> Iterator[int]:
    """Standard input from a temporary file: a pipe would block both sides once its buffer is full."""
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        yield file.fileno()
