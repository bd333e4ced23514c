"""Reads JSON as agents' settings have it, and remembers where everything stands.

Comments and trailing commas are allowed (Gemini CLI, OpenCode and Cursor take them). The places are what lets an entry
be put in or taken out while every other byte stays (splice.py); a parser that gave values only would lose them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
_COMMENT = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING = json.JSONDecoder()
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Node:
    """A value, and the text from `start` to `end` that it was read from."""

    value: Any
    start: int
    end: int
    children: tuple[Child, ...] = ()

    @property
    def is_object(self) -> bool:
        """It has keys."""
        return isinstance(self.value, dict)

    @property
    def is_array(self) -> bool:
        """It has items."""
        return isinstance(self.value, list)

    def child(self, key: str) -> Node | None:
        """The value of a key; of several the last, as every reader of JSON takes it."""
        return next((child.node for child in reversed(self.children) if child.key == key), None)


@dataclass(frozen=True, slots=True)
class Child:
    """A member of an object, or an item of an array: its key is None."""

    key: str | None
    start: int
    node: Node


def parse(text: str) -> Node:
    """The document; raises ValueError with the line of what does not belong there."""
    reader = _Reader(text)
    node = reader.value(skip(text, 0), 0)
    if (rest := skip(text, node.end)) < len(text):
        raise reader.refusal(rest)
    return node


def skip(text: str, at: int) -> int:
    """The place of the next character that is neither blank nor in a comment."""
    for part in gaps(text, at):
        at = part.end()
    return at


def gaps(text: str, at: int) -> Iterator[re.Match[str]]:
    """The runs of blanks and the comments that follow a place."""
    while found := (_COMMENT.match(text, at) or _BLANK.match(text, at)):
        if found.end() == at:
            return
        yield found
        at = found.end()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text

    def refusal(self, at: int) -> ValueError:
        seen = repr(self._text[at : at + 1]) if at < len(self._text) else "the end"
        return ValueError(f"line {self._text.count(chr(10), 0, at) + 1}: {seen} is not expected there")

    def value(self, at: int, depth: int) -> Node:
        if depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        opener = self._text[at : at + 1]
        if opener == '"':
            found, end = self.string(at)
            return Node(found, at, end)
        if opener in ("{", "["):
            return self.container(at, depth, is_object=opener == "{")
        scalar = _SCALAR.match(self._text, at)
        if scalar is None:
            raise self.refusal(at)
        return Node(json.loads(scalar[0]), at, scalar.end())

    def string(self, at: int) -> tuple[str, int]:
        try:
            found, end = _STRING.raw_decode(self._text, at)
        except ValueError as error:
            raise self.refusal(at) from error
        return str(found), end

    def container(self, start: int, depth: int, *, is_object: bool) -> Node:
        closer = "}" if is_object else "]"
        children: list[Child] = []
        at = skip(self._text, start + 1)
        while self._text[at : at + 1] != closer:
            child = self.member(at, depth) if is_object else Child(None, at, self.value(at, depth + 1))
            children.append(child)
            at = skip(self._text, child.node.end)
            if self._text[at : at + 1] == ",":
                at = skip(self._text, at + 1)
            elif self._text[at : at + 1] != closer:
                raise self.refusal(at)
        values = [child.node.value for child in children]
        keys = [child.key for child in children]
        return Node(dict(zip(keys, values, strict=True)) if is_object else values, start, at + 1, tuple(children))

    def member(self, at: int, depth: int) -> Child:
        if self._text[at : at + 1] != '"':
            raise self.refusal(at)
        key, end = self.string(at)
        colon = skip(self._text, end)
        if self._text[colon : colon + 1] != ":":
            raise self.refusal(colon)
        return Child(key, at, self.value(skip(self._text, colon + 1), depth + 1))
