"""Settings files as people have them: any values, comments, indentation, line ends and commas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ledger.hooking.agents.table import AGENTS

LISTED = [agent for agent in AGENTS.values() if agent.events]

_KEYS = st.sampled_from(["model", "env", "permissions", "a b", "é", 'q"uote', "hooks2", "x"])
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**12), st.text(max_size=8), st.sampled_from(["// no", "/*", "{"])
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=6
)
_EVENTS = st.sampled_from(["SessionStart", "PreToolUse", "BeforeTool", "beforeShellExecution", "preToolUse", "Stop"])
_FOREIGN: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"matcher": st.just("Bash"), "hooks": st.just([{"type": "command", "command": "theirs"}])}),
    st.fixed_dictionaries({"command": st.just("./theirs.sh")}),
    st.just({"hooks": []}),
)
_HOOKS = st.dictionaries(_EVENTS, st.lists(_FOREIGN, max_size=2), max_size=3)
_ROOTS = st.builds(
    lambda rest, hooks: rest if hooks is None else {**rest, "hooks": hooks},
    st.dictionaries(_KEYS, _VALUES, max_size=3),
    st.none() | _HOOKS,
)
_COMMENTS = st.sampled_from(["", "", "", "/* kept */", "// kept: {[,\n"])


@dataclass(frozen=True, slots=True)
class Settings:
    """A file's text and what it says."""

    text: str
    value: Any


@st.composite
def settings_files(draw: st.DrawFn) -> Settings:
    """A file that agents take: JSON, with comments and trailing commas or without."""
    value = draw(_ROOTS)
    indent = draw(st.sampled_from([None, "", " ", "  ", "    ", "\t"]))
    text = _write(draw, value, indent, "", draw(st.booleans()), draw(st.booleans()))
    text = draw(st.sampled_from(["", "\n", "// first\n", " "])) + text + draw(st.sampled_from(["", "\n", "\n\n", " "]))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    if draw(st.integers(0, 9)) == 0:
        text = "\ufeff" + text
    return Settings(text, value)


def _write(draw: st.DrawFn, value: Any, indent: str | None, base: str, comments: bool, trailing: bool) -> str:
    if not isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=draw(st.booleans()))
    opener, closer = ("{", "}") if isinstance(value, dict) else ("[", "]")
    pairs = list(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
    if not pairs:
        return (
            opener + draw(st.sampled_from(["", " ", "\n" + base, "\n\n"] if indent is not None else ["", " "])) + closer
        )
    inner = base + (indent or "")
    lead = "" if indent is None else "\n" + inner
    parts = []
    for position, (key, item) in enumerate(pairs):
        name = "" if key is None else json.dumps(key) + draw(st.sampled_from([":", ": ", " : "]))
        is_last = position == len(pairs) - 1
        comma = "," if not is_last or (trailing and draw(st.booleans())) else ""
        said = draw(_COMMENTS) if comments else ""
        parts.append(lead + name + _write(draw, item, indent, inner, comments, trailing) + comma + said)
    return opener + (" " if indent is None else "").join(parts) + ("" if indent is None else "\n" + base) + closer
