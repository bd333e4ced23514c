"""What a commit takes with our hooks, with a hook manager's and with none, as ratios within one run.

python bench/hooks.py [ROUNDS]

Each variant has a repository of its own, in which `git commit -q --allow-empty` is measured. A manager that is not on
this machine is named and left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from compileall import compile_dir
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles

from turns import take_turns

_MODEL = {"LEDGER_MODEL": "claude-opus-4-8", "LEDGER_AGENT": "claude-code"}
_GIT = shutil.which("git") or "git"
_QUIET = ((os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2))

_CONSOLE_SCRIPT = """\
#!{python}
import click
from sqlalchemy import create_engine, text

@click.command()
def hook():
    with create_engine("sqlite:///{database}").begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS line (at TEXT)"))
        connection.execute(text("INSERT INTO line VALUES (datetime())"))

hook()
"""
"""The hook as one would write it in Python: small, with the libraries at hand."""


class Missing(Exception):
    """A tool that is not on this machine."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A repository in which a commit is measured."""

    name: str
    repository: Path
    environ: dict[str, str]
    has_drainer: bool = False


def main(rounds: int) -> None:
    """Print the table, best read from the first row on."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        variants, missing = made(Path(folder), VARIANTS)
        works = [partial(commit, variant) for variant in variants]
        times = take_turns(rounds, works, after=lambda place: wait_for_drainer(variants[place]))
    for line in table([variant.name for variant in variants], times):
        print(line)
    for sentence in missing:
        print(sentence)


def prepare(folder: Path) -> None:
    """A home of the benchmark's own, and no byte-code left to be compiled while the clock runs."""
    for name in [name for name in os.environ if name.startswith(("LEDGER", "GIT_", "CLAUDE", "XDG_"))]:
        del os.environ[name]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=str(folder / "gitconfig"))
    os.environ.update(HOME=str(folder), PRE_COMMIT_HOME=str(folder / "pre-commit"))
    (folder / "gitconfig").write_text("[user]\n\tname = Ann\n\temail = ann@example.org\n[gc]\n\tauto = 0\n")
    package = find_spec("ledger")
    for place in package.submodule_search_locations or () if package else ():
        compile_dir(place, quiet=2)


def made(folder: Path, variants: dict[str, Callable[[Path], Variant]]) -> tuple[list[Variant], list[str]]:
    """The variants in their repositories, and a sentence for each that cannot be had here."""
    there, missing = [], []
    for name, make in variants.items():
        repository = folder / name
        run("git", "init", "-q", "-b", "main", str(repository), cwd=folder)
        try:
            there.append(make(repository))
        except Missing as why:
            missing.append(f"Not measured: {name} ({why}).")
    return there, missing


def commit(variant: Variant) -> None:
    """One empty commit. Started by the shortest way, since what starting costs would flatter every ratio."""
    arguments = [_GIT, "-C", str(variant.repository), "commit", "-q", "--allow-empty", "-m", "fix: x"]
    process = os.posix_spawn(_GIT, arguments, variant.environ, file_actions=_QUIET)
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]):
        raise AssertionError(f"{variant.name}: the commit failed in {variant.repository}")


def wait_for_drainer(variant: Variant) -> None:
    """Return when nothing works in the background any more that would slow the next one down."""
    if not variant.has_drainer:
        return
    if not Path("/proc/self/cmdline").exists():
        time.sleep(3)  # where the system does not show its processes, as long as a drainer takes
        return
    time.sleep(0.1)  # the hook has let go of it, but it may not have begun
    end = time.monotonic() + 60
    while time.monotonic() < end and any(
        drains(process, variant.repository) for process in Path("/proc").glob("[0-9]*")
    ):
        time.sleep(0.02)


def drains(process: Path, repository: Path) -> bool:
    """The process is a drainer of this repository."""
    try:
        line = (process / "cmdline").read_bytes()
        return b"ledger.posting.drain" in line and (process / "cwd").readlink() == repository.resolve()
    except OSError:  # it has ended meanwhile, or is somebody else's
        return False


def table(names: Iterable[str], times: Iterable[list[float]]) -> Iterator[str]:
    """Milliseconds and the ratio to the first variant; p10 is what a quiet machine takes."""
    yield f"{'git commit -q --allow-empty':36} {'median':>8} {'p10':>8} {'over':>8} {'ratio':>6}"
    first = None
    for name, taken in zip(names, times, strict=True):
        middle = median(taken) * 1000
        low = quantiles(taken, n=10, method="inclusive")[0] * 1000 if len(taken) > 1 else middle
        first = first or middle
        yield f"{name:36} {middle:8.1f} {low:8.1f} {middle - first:+8.1f} {middle / first:6.1f}"


def plain(repository: Path) -> Variant:
    """Git without a hook."""
    return Variant("plain git", repository, dict(os.environ))


def ours(repository: Path) -> Variant:
    """Our hooks where nobody says which model works: a line in the journal, no trailer."""
    install(repository, "--no-trailers")
    return Variant("ledger, no model", repository, dict(os.environ))


def ours_with_trailers(repository: Path) -> Variant:
    """Our hooks writing trailers and the journal's line."""
    install(repository, "--trailers")
    return Variant("ledger, trailers written", repository, os.environ | _MODEL)


def ours_with_drainer(repository: Path) -> Variant:
    """The same, with the drainer started beside it that posts the line to the database."""
    if not find_spec("ledger.posting.drain"):
        raise Missing("this version has none")
    run("git", "commit", "-q", "--allow-empty", "-m", "begin", cwd=repository)
    ledger_command("-C", str(repository), "init", "--yes")
    return Variant("ledger, trailers, drainer", repository, os.environ | _MODEL, has_drainer=True)


def husky(repository: Path) -> Variant:
    """husky from npm, with a commit-msg that does nothing."""
    npm = tool("npm")
    (repository / "package.json").write_text('{"private": true}')
    try:
        run(npm, "install", "--silent", "--no-audit", "--no-fund", "--no-save", "husky@9", cwd=repository)
    except subprocess.CalledProcessError as error:
        raise Missing("npm cannot install it") from error
    run(str(repository / "node_modules" / ".bin" / "husky"), cwd=repository)
    (repository / ".husky" / "commit-msg").write_text("exit 0\n")
    return Variant("husky, trivial commit-msg", repository, dict(os.environ))


def lefthook(repository: Path) -> Variant:
    """lefthook with a commit-msg that does nothing."""
    program = tool("lefthook")
    (repository / "lefthook.yml").write_text("commit-msg:\n  commands:\n    trivial:\n      run: exit 0\n")
    run(program, "install", cwd=repository)
    return Variant("lefthook, trivial commit-msg", repository, dict(os.environ))


def pre_commit(repository: Path) -> Variant:
    """pre-commit with a local commit-msg hook that does nothing."""
    program = tool("pre-commit")
    hook = "{id: trivial, name: trivial, language: system, entry: 'true', stages: [commit-msg]}"
    (repository / ".pre-commit-config.yaml").write_text(f"repos: [{{repo: local, hooks: [{hook}]}}]\n")
    run(program, "install", "-t", "commit-msg", cwd=repository)
    return Variant("pre-commit, trivial commit-msg", repository, dict(os.environ))


def console_script(repository: Path) -> Variant:
    """A post-commit hook of click and SQLAlchemy that writes one row."""
    hook = repository / ".git" / "hooks" / "post-commit"
    hook.write_text(_CONSOLE_SCRIPT.format(python=sys.executable, database=repository.parent / "lines.db"))
    hook.chmod(0o755)
    return Variant("click + SQLAlchemy, post-commit", repository, dict(os.environ))


VARIANTS: dict[str, Callable[[Path], Variant]] = {
    "plain": plain,
    "ledger": ours,
    "ledger-trailers": ours_with_trailers,
    "ledger-drainer": ours_with_drainer,
    "husky": husky,
    "lefthook": lefthook,
    "pre-commit": pre_commit,
    "console-script": console_script,
}


def install(repository: Path, *options: str) -> None:
    """Our hooks, and no drainer: it is measured apart."""
    ledger_command("-C", str(repository), "install", *options)
    (repository / ".git" / "ledger" / "interpreter").unlink(missing_ok=True)


def ledger_command(*arguments: str) -> None:
    """A command of ours."""
    run(sys.executable, "-m", "ledger", "-q", *arguments, cwd=Path.cwd())


def tool(name: str) -> str:
    """Where a program is, beside this Python or on the PATH."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if not found:
        raise Missing(f"{name} is not on this machine")
    return found


def run(*command: str, cwd: Path) -> None:
    """A program that must do, its output thrown away."""
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
