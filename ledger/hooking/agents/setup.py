"""Plans and makes the changes to agents' settings, and takes them back.

A plan is made first and shown where asked; it is applied only if the files still say what it was made from.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.agents import files, parts, plugin, record, splice
from ledger.hooking.agents.gateway import Gateway, withdrawn_parts
from ledger.hooking.agents.parts import Part
from ledger.hooking.agents.record import Put
from ledger.hooking.agents.table import AGENTS, Agent

SCOPES = ("user", "project")
IS_WINDOWS = os.name == "nt"


@dataclass(frozen=True, slots=True)
class Change:
    """What a file says, what it will say (None: no file), and what there is to undo afterwards."""

    path: Path
    before: str | None
    after: str | None
    puts: tuple[Put, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes for one agent, and what a person should know about them."""

    agent: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What happened to one file: written, removed."""

    path: Path
    what: str


def found_agents(environ: Mapping[str, str]) -> list[str]:
    """The agents on this machine that a hook can be written for: by their command, or by their directory."""
    path = environ.get("PATH", "")
    return [
        agent.name
        for agent in AGENTS.values()
        if agent.user_file and (shutil.which(agent.program, path=path) or home_of(agent, environ).is_dir())
    ]


def names_its_model(name: str, *, environ: Mapping[str, str], git: Git) -> bool:
    """Nothing has to change for the agent to name its model here, by a person's settings or by the worktree's."""
    return any(_is_settled(name, scope, environ, git) for scope in SCOPES)


def _is_settled(name: str, scope: str, environ: Mapping[str, str], git: Git) -> bool:
    try:
        return not plan(name, environ=environ, scope=scope, git=git).changes
    except LedgerError:
        return False


def home_of(agent: Agent, environ: Mapping[str, str]) -> Path:
    """The directory where an agent keeps its settings."""
    moved = environ.get(agent.home_variable) if agent.home_variable else None
    if moved:
        return Path(moved) / agent.home if agent.home_parent else Path(moved)
    home = Path(environ.get("HOME") or Path.home())
    if agent.home.startswith(".config/") and environ.get("XDG_CONFIG_HOME"):
        return Path(environ["XDG_CONFIG_HOME"]) / agent.home.removeprefix(".config/")
    return home / agent.home


def plan(
    name: str, *, environ: Mapping[str, str], scope: str = "user", git: Git | None = None, gateway: str = ""
) -> Plan:
    """What has to change for an agent to name its session and model. Raises LedgerError.

    Nothing has to, once it is done. `gateway` is '' or `litellm`: its tags go onto the agent's requests from the
    worktree of `git`.
    """
    agent = _agent(name)
    if IS_WINDOWS and not agent.has_posix_shell:
        raise LedgerError(
            f"{name} runs hooks by a shell on Windows that the ledger has no line for; use ledger use MODEL."
        )
    path = _settings(agent, scope, git, environ)
    records = record.load(record.where(environ))
    line = parts.line_for(agent, is_tracked=scope == "project" and agent.is_tracked)
    wanted: list[tuple[Path, Part]] = [(path, _part(agent, line, scope))]
    notes = list(_notes(agent, scope, home_of(agent, environ)))
    more: tuple[Change, ...] = ()
    if gateway:
        asked = Gateway.of(gateway, agent, git, environ, home_of(agent, environ))
        wanted += asked.wanted
        notes += asked.notes
        more = tuple(Change(path, files.read(path), text) for path, text in asked.flags)
    elif git and scope == "project" and not agent.is_tracked:
        wanted += Gateway.ignoring(git, agent.project_file)
    return _planned(name, wanted, records, notes, more)


def plan_removal(name: str, *, environ: Mapping[str, str], scope: str = "user", git: Git | None = None) -> Plan:
    """What has to change for nothing of ours to be left in an agent's settings. Raises LedgerError."""
    agent = _agent(name)
    path = _settings(agent, scope, git, environ)
    records = record.load(record.where(environ))
    ways = [(path, (_part(agent, "", scope),)), *withdrawn_parts(agent, git, home_of(agent, environ))]
    merged: dict[Path, list[Part]] = {}
    for file, some in ways:
        merged.setdefault(file, []).extend(some)
    changes: list[Change] = []
    notes: list[str] = []
    for file, together in merged.items():
        change = _tried(_withdraw, file, together, records.get(str(file), ()))
        changes += [change] if change else []
        notes += _kept(file, together, change)
    flag = git.ledger_dir / f"gateway-{name}" if git else None
    if flag and flag.exists():
        changes.append(Change(flag, files.read(flag), None))
    return Plan(name, tuple(changes), tuple(notes))


def difference(planned: Plan) -> str:
    """The plan as a unified diff; '' where nothing changes."""
    lines: list[str] = []
    for change in planned.changes:
        before = (change.before or "").splitlines(keepends=True)
        after = (change.after or "").splitlines(keepends=True)
        old = str(change.path) if change.before is not None else "/dev/null"
        new = str(change.path) if change.after is not None else "/dev/null"
        found = difflib.unified_diff(before, after, old, new)
        lines += (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found)
    return "".join(lines)


def apply(planned: Plan, *, environ: Mapping[str, str]) -> list[Done]:
    """Make the changes. Raises LedgerError, also where a file was changed since the plan was made."""
    where = record.where(environ)
    done = []
    for change in planned.changes:
        if files.read(change.path) != change.before:
            raise LedgerError(f"{change.path} was changed meanwhile and was left alone; run this again.")
        records = record.load(where)
        old = records.pop(str(change.path), ())
        if change.after is None:
            files.remove(change.path, [Path(folder) for put in old for folder in put.folders])
        else:
            made = [str(folder) for folder in files.write(change.path, change.after)]
            last = change.puts[-1:]
            puts = (*change.puts[:-1], *(replace(put, folders=(*put.folders, *made)) for put in last))
            records |= {str(change.path): puts}
        record.save(where, records)
        done.append(Done(change.path, "removed" if change.after is None else "written"))
    return done


def _agent(name: str) -> Agent:
    agent = AGENTS.get(name)
    if agent is None:
        raise LedgerError(f"{name!r} is no agent that is known here; known are {', '.join(AGENTS)}.")
    if not agent.user_file:
        raise LedgerError(
            f"{name} has no hook that tells its model, so there is nothing to install; its commits are known by its "
            "environment, and ledger use MODEL says which model works."
        )
    return agent


def _settings(agent: Agent, scope: str, git: Git | None, environ: Mapping[str, str]) -> Path:
    if scope == "user":
        return home_of(agent, environ) / agent.user_file
    if git is None or git.worktree is None:
        raise LedgerError(
            f"The settings of a project stand in a worktree; run this in one, or use --scope {SCOPES[0]}."
        )
    return git.worktree / agent.project_file


def _part(agent: Agent, line: str, scope: str) -> Part:
    if agent.events:
        return parts.hooks(agent, line)
    return parts.whole(plugin.shared() if scope == "project" else plugin.personal())


def _notes(agent: Agent, scope: str, home: Path) -> Iterator[str]:
    if scope == "project" and agent.is_tracked:
        yield f"{agent.project_file} is a file that people commit: it works for everybody who ran ledger init here."
    if agent.name == "codex":
        yield "Codex runs a new or changed hook only after you have trusted it: start codex once and type /hooks."
        if re.search(r"^\s*\[\[?hooks\.(?!state)", files.read(home / "config.toml") or "", re.MULTILINE):
            yield "config.toml has hooks too, so Codex will mention at its start that they stand in two places."


def _planned(
    name: str,
    wanted: Sequence[tuple[Path, Part]],
    records: Mapping[str, tuple[Put, ...]],
    notes: list[str],
    more: tuple[Change, ...],
) -> Plan:
    changes: dict[Path, Change] = {}
    for path, part in wanted:
        earlier = changes.get(path)
        before = earlier.after if earlier else files.read(path)
        puts = earlier.puts if earlier else records.get(str(path), ())
        change = _tried(_settle, path, part, before, puts)
        notes += [f"{path}: {sentence}." for sentence in part.kept(before or "")]
        if change:
            changes[path] = replace(change, before=earlier.before) if earlier else change
    plain = tuple(change for change in more if change.before != change.after)
    return Plan(name, (*changes.values(), *plain), tuple(notes) if changes or plain else ())


def _settle(path: Path, part: Part, before: str | None, puts: Sequence[Put]) -> Change | None:
    """The change that puts a part into a file, in place of what we put there before; None where it is there."""
    text = before or ""
    if part.is_current(text):
        return None
    mine = [put for put in puts if put.part == part.name]
    base, left = record.undo(text, puts, part.name)
    base = part.take(base, frozenset(name for put in mine for name in put.made))
    insertions = part.put(base)
    after = splice.insert(base, insertions)
    if after == text:
        return None
    part.check(base, after)
    new = Put(
        part.name,
        record.digest(after),
        record.spans_of(insertions),
        tuple(sorted(part.made_by(base))),
        before is None or any(put.is_new for put in mine),
        tuple(folder for put in mine for folder in put.folders),
    )
    return Change(path, before, after, (*(put for put in left if put.part != part.name), new))


def _withdraw(path: Path, some: Sequence[Part], puts: Sequence[Put]) -> Change | None:
    """The change that takes parts out of a file: to the byte if nobody else touched it, else only what is ours."""
    before = files.read(path)
    if before is None:
        return None
    text, _ = record.undo(before, puts)
    made = frozenset(name for put in puts for name in put.made)
    for part in some:
        text = part.take(text, made)
    is_new = any(put.is_new for put in puts) or any(part.owns_file for part in some)
    after = None if is_new and parts.says_nothing(text) else text
    return None if after == before else Change(path, before, after)


def _kept(path: Path, some: Sequence[Part], change: Change | None) -> list[str]:
    text = change.after if change else files.read(path)
    return [f"{path}: {sentence}." for part in some for sentence in part.kept(text or "")]


def _tried(work: Callable[..., Change | None], path: Path, *rest: object) -> Change | None:
    """The change; a file that is not of its form is left alone, with a sentence."""
    try:
        return work(path, *rest)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"{path} was left alone: {error}. Mend it and run this again.") from error
