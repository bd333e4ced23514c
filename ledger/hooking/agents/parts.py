"""What can be put into a file of an agent, each with its way in and its way out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ledger.hooking.agents import command, headers, listed, plugin, splice
from ledger.hooking.agents.jsonc import parse
from ledger.hooking.agents.table import Agent


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file that is ours. Every function raises ValueError for a file that is not of its form."""

    name: str
    is_current: Callable[[str], bool]
    """Whether the text says it already, as we would write it today."""
    put: Callable[[str], list[splice.Insertion]]
    take: Callable[[str, frozenset[str]], str]
    """The text without it, and without what was made to hold it."""
    made_by: Callable[[str], frozenset[str]]
    check: Callable[[str, str], object]
    """Raises ValueError if the second text is not the first with the part."""
    kept: Callable[[str], list[str]]
    """Sentences about what is ours but was edited, and stays."""
    owns_file: bool = False
    """Nothing else is in the file."""


def line_for(agent: Agent, *, is_tracked: bool) -> str:
    """The command line for a file of an agent."""
    line = command.shared(agent.name) if is_tracked else command.personal(agent.name)
    return command.in_sh(line) if agent.uses_login_shell else line


def hooks(agent: Agent, line: str) -> Part:
    """Entries in lists of hooks."""

    def is_current(text: str) -> bool:
        if is_blank(text):
            return False
        found = list(listed.find(parse(text), agent))
        lines = {str(listed.line_of(each, agent)) for each in found if each.is_untouched}
        return {each.event for each in found} == {event.name for event in agent.events} and lines <= {line}

    def kept(text: str) -> list[str]:
        found = [] if is_blank(text) else [each for each in listed.find(parse(text), agent) if not each.is_untouched]
        return [f"the entry at {each.event} was edited and stays as it is" for each in found]

    return Part(
        "hooks",
        is_current,
        lambda text: listed.put(text, agent, line),
        lambda text, made: listed.take(text, agent, made),
        lambda text: listed.made_by(text, agent),
        lambda before, after: splice.checked(after, listed.expected(before, agent, line)),
        kept,
    )


def whole(text: str) -> Part:
    """A plugin, alone in its file."""
    return Part(
        "plugin",
        lambda found: found == text,
        lambda found: [] if found else [(0, text)],
        lambda found, _: "" if plugin.is_ours(found) and plugin.is_untouched(found) else found,
        lambda _: frozenset(),
        _unchecked,
        lambda found: ["it was edited, or is not ours, and stays as it is"] if found and not _is_clean(found) else [],
        owns_file=True,
    )


def tags(line: str, elsewhere: str) -> Part:
    """A gateway's tags in Claude Code's settings."""

    def check(before: str, after: str) -> object:
        value = {} if is_blank(before) else parse(before).value
        return splice.checked(after, headers.expected(value, line, elsewhere))

    return Part(
        "tags",
        lambda text: headers.is_current(text, line),
        lambda text: headers.put(text, line, elsewhere),
        headers.take,
        lambda text: headers.made_by(text, elsewhere),
        check,
        lambda _: [],
    )


def block(provider: str) -> Part:
    """A gateway's tags in Codex's configuration."""
    return Part(
        "tags",
        lambda text: headers.has_block(text, provider),
        lambda text: headers.put_block(text, provider),
        lambda text, _: headers.take_block(text),
        lambda _: frozenset(),
        _unchecked,
        lambda _: [],
    )


def ignored(line: str) -> Part:
    """A line in git's own list of ignored files, which nobody commits."""
    whole_line = re.compile(rf"^{re.escape(line)}\r?\n", re.MULTILINE)
    return Part(
        "ignored",
        lambda text: whole_line.search(text) is not None,
        lambda text: [(len(text), ("" if not text or text.endswith("\n") else "\n") + line + "\n")],
        lambda text, made: whole_line.sub("", text, count=1) if "line" in made else text,
        lambda _: frozenset({"line"}),
        _unchecked,
        lambda _: [],
    )


def is_blank(text: str) -> bool:
    """Whether a file says nothing."""
    return not text.strip("\ufeff \t\r\n")


def _unchecked(before: str, after: str) -> None:
    """For parts that were checked when they were put, or that hold nothing but text of ours."""


def _is_clean(text: str) -> bool:
    return plugin.is_ours(text) and plugin.is_untouched(text)


def says_nothing(text: str) -> bool:
    """Whether a file that we made holds nothing but what we made it with."""
    if is_blank(text):
        return True
    try:
        return parse(text).value in ({}, {"version": 1}) and "//" not in text and "/*" not in text
    except ValueError:
        return False
