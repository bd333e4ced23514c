"""A gateway's tags in the settings of agents that send headers: `x-litellm-tags: repo:…,branch:…,role:…`.

LiteLLM writes them to its rows as `request_tags`. Claude Code takes headers, one a line, from a variable that its
settings may set; Codex takes the names of headers and of the variables they are read from.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from ledger.hooking.agents import splice
from ledger.hooking.agents.jsonc import Node, parse
from ledger.hooking.agents.record import digest

HEADER = "x-litellm-tags"
VARIABLE = "LEDGER_LITELLM_TAGS"
_MEMBER = "ANTHROPIC_CUSTOM_HEADERS"
_OURS = r"repo:[A-Za-z0-9._:/@+-]+(?:,(?:branch|role):[A-Za-z0-9._:/@+-]+)*"
_LINE = re.compile(rf"{HEADER}:[^\"\\]*", re.IGNORECASE)
_AMONG = re.compile(rf'^"{HEADER}" = "{VARIABLE}"\r?\n', re.MULTILINE)
_ALONE = re.compile(
    rf"(?:\r?\n)?^\[model_providers\.[^\r\n]+\.env_http_headers\]\r?\n{_AMONG.pattern}(?=\s*(?:\[|\Z))", re.MULTILINE
)
_BLOCK = '[model_providers.{name}.env_http_headers]\n"{header}" = "{variable}"\n'


def headers_in(text: str | None) -> str | None:
    """The headers that a settings file of Claude Code sets, or None."""
    member = _member(parse(text)) if text and text.strip("\ufeff \t\r\n") else None
    return member.value if member and isinstance(member.value, str) else None


def is_current(text: str, tags: str) -> bool:
    """Whether a settings file sends exactly these tags, beside others or alone."""
    lines = _LINE.findall((headers_in(text) or "").replace("\n", '"'))
    return [found for line in lines for found in re.findall(_OURS, line)] == [tags]


def put(text: str, tags: str, elsewhere: str) -> list[splice.Insertion]:
    """The insertions that send the tags; `elsewhere` are headers that other settings set and this would hide.

    Raises ValueError where the file is not of Claude Code's form.
    """
    line = f"{HEADER}: {tags}"
    if not text.strip("\ufeff \t\r\n"):
        value = {"env": {_MEMBER: _joined(elsewhere, tags)}}
        return [(len(text), splice.insert("{}", splice.add("{}", parse("{}"), list(value.items()))) + "\n")]
    root = parse(text)
    env = root.child("env")
    if not root.is_object or (env and not env.is_object):
        raise ValueError("env is not an object")
    member = _member(root)
    if env is None:
        return splice.add(text, root, [("env", {_MEMBER: _joined(elsewhere, tags)})])
    if member is None:
        return splice.add(text, env, [(_MEMBER, _joined(elsewhere, tags))])
    if not isinstance(member.value, str):
        raise ValueError(f"env.{_MEMBER} is not a text")
    if found := _LINE.search(text, member.start, member.end):
        return [(found.end(), f",{tags}" if found[0].partition(":")[2].strip() else f" {tags}")]
    return [(member.end - 1, rf"\n{line}" if member.value else line)]


def take(text: str, made: frozenset[str] = frozenset()) -> str:
    """The text without our tags, and without what was made to hold them."""
    member = _member(parse(text)) if text.strip("\ufeff \t\r\n") else None
    if member is None or not isinstance(member.value, str) or not re.search(_OURS, member.value):
        return text
    literal = text[member.start : member.end]
    literal = _LINE.sub(lambda found: re.sub(rf"(?<=[ :]),?{_OURS},?|,{_OURS}", "", found[0]), literal)
    literal = re.sub(rf"(?:\\n)?{HEADER}:\s*(?=\\n|\"$)", "", literal, flags=re.IGNORECASE)
    text = text[: member.start] + literal + text[member.end :]
    root = parse(text)
    for name in (_MEMBER, "env"):
        env = root.child("env")
        container = env if name == _MEMBER else root
        child = next((c for c in container.children if c.key == name), None) if container else None
        if name in made and container and child and (not child.node.value or _copied(child.node.value) in made):
            text = splice.take_out(text, container, [child])
            root = parse(text)
    return text


def made_by(text: str, elsewhere: str = "") -> frozenset[str]:
    """The members that sending tags from this file makes, and the hash of the headers that are copied into one."""
    root = parse(text) if text.strip("\ufeff \t\r\n") else None
    env = root.child("env") if root else None
    member = env.child(_MEMBER) if env else None
    made = [name for name, is_there in (("env", env), (_MEMBER, member)) if not is_there]
    return frozenset([*made, *([_copied(elsewhere)] if elsewhere and not member else [])])


def expected(value: Any, tags: str, elsewhere: str) -> Any:
    """What a settings file must say after `put`, computed without its text."""
    value = dict(value or {})
    own = value.get("env", {}).get(_MEMBER)
    value["env"] = {**value.get("env", {}), _MEMBER: _joined(elsewhere if own is None else own, tags)}
    return value


def put_block(text: str, provider: str) -> list[splice.Insertion]:
    """The insertion that lets a provider of Codex send the variable's tags. Raises ValueError where that cannot be."""
    block = _BLOCK.format(name=_bare(provider), header=HEADER, variable=VARIABLE)
    newline = "\r\n" if "\r\n" in text else "\n"
    lead = "" if not text or text.endswith("\n\n") else newline if text.endswith("\n") else newline * 2
    insertion = (len(text), lead + block.replace("\n", newline))
    before = tomllib.loads(text.replace("\r\n", "\n"))
    table = before.get("model_providers", {}).get(provider)
    if not isinstance(table, dict) or "env_http_headers" in table:
        raise ValueError(f"[model_providers.{provider}] is not there, or names headers of its own")
    table["env_http_headers"] = {HEADER: VARIABLE}
    if tomllib.loads(splice.insert(text, [insertion]).replace("\r\n", "\n")) != before:
        raise ValueError(f"[model_providers.{provider}] cannot be added to")
    return [insertion]


def take_block(text: str) -> str:
    """The text without the block that we put there; of a block that others added to, without our line."""
    return _ALONE.sub("", text, count=1) if _ALONE.search(text) else _AMONG.sub("", text, count=1)


def provider_of(text: str) -> str:
    """The provider that Codex uses by its configuration; '' for its built-in one. Raises ValueError."""
    return str(tomllib.loads(text.replace("\r\n", "\n")).get("model_provider", ""))


def has_block(text: str, provider: str) -> bool:
    """Whether that provider sends the variable's tags already."""
    table = tomllib.loads(text.replace("\r\n", "\n")).get("model_providers", {}).get(provider, {})
    return isinstance(table, dict) and table.get("env_http_headers", {}).get(HEADER) == VARIABLE


def _bare(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _joined(headers: str, tags: str) -> str:
    """Headers, one a line, with our tags in the line that has tags already or in one of their own."""
    if found := re.search(rf"^{HEADER}:.*$", headers, re.IGNORECASE | re.MULTILINE):
        mine = f",{tags}" if found[0].partition(":")[2].strip() else f" {tags}"
        return headers[: found.end()] + mine + headers[found.end() :]
    return f"{headers}\n{HEADER}: {tags}" if headers else f"{HEADER}: {tags}"


def _copied(headers: object) -> str:
    return f"copied {digest(str(headers))[:16]}"


def _member(root: Node) -> Node | None:
    env = root.child("env") if root.is_object else None
    return env.child(_MEMBER) if env and env.is_object else None
