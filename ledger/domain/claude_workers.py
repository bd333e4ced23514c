"""Who is at work in a Claude Code transcript: the main thread or a subagent, by which definition, skill or command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ledger.domain.fields import text
from ledger.domain.review_commands import command_named

STARTERS = frozenset({"Task", "Agent"})
"""Tools that start a subagent, by the names of older and newer versions."""
PLAN = "plan"
"""The mode in which nothing is written; the tool `ExitPlanMode` ends it."""
IN_PLAN = b'"permissionMode":"plan"'

_TOLD_IN_TEXT = re.compile(r"\bagentId: ([\w-]{1,100})")
_COMPACTION = "acompact"
"""Begins the id of what sums up a conversation that grew too long: the main thread's own work."""
_OUTPUT = "<local-command"
_LONGEST = 100


def subagent_of(row: Mapping[str, Any]) -> str:
    """The subagent whose row it is; '' for the main thread, and for the summing up of a conversation."""
    name = text(row.get("agentId"))[:_LONGEST]
    return "" if name.startswith(_COMPACTION) else name


def subagent_told(row: Mapping[str, Any], answer: str) -> str:
    """The subagent that a tool's answer is from: in a field of its own, else in the text; ''."""
    held = row.get("toolUseResult")
    named = text(held.get("agentId")) if isinstance(held, dict) else ""
    found = _TOLD_IN_TEXT.search(answer)
    return (named or (found.group(1) if found else ""))[:_LONGEST]


def name_of(row: Mapping[str, Any], *, noted: str, asked: str) -> str:
    """What the row's worker is called: its definition (`noted` beside the file), else the skill or what was `asked`."""
    skill = text(row.get("attributionSkill"))
    return (text(row.get("attributionAgent")) or noted or (f"/{skill}" if skill else asked))[:_LONGEST]


def is_prompt(row: Mapping[str, Any], said: str) -> bool:
    """Whether a person asks for something: not a tool's answer, a command's expansion or output, a subagent's task."""
    return not (row.get("isMeta") or row.get("isSidechain") or row.get("toolUseResult") or said.startswith(_OUTPUT))


def asked_for(row: Mapping[str, Any], said: str) -> str:
    """What a prompt asks for, where that has a name: a command, as `/review`, or the mode `plan`; ''."""
    return command_named(said) or (PLAN if row.get("permissionMode") == PLAN else "")
