"""Puts values into a JSON text and takes them out, while every other byte stays.

Everything is done by insertions and deletions at places that jsonc.py found, in the text's own style: its indentation,
its line ends, its trailing commas, on one line where the text is on one line. What comes out is parsed again and must
say exactly what was meant; a text whose style defeats us is refused, not damaged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ledger.hooking.agents.jsonc import Child, Node, gaps, parse, skip

Insertion = tuple[int, str]
"""Where, and what."""
_LINE_END = re.compile(r"[ \t]*\r?\n")


def insert(text: str, insertions: Iterable[Insertion]) -> str:
    """The text with all insertions made; their places are those of the text before."""
    parts: list[str] = []
    done = 0
    for at, piece in sorted(insertions, key=lambda pair: pair[0]):
        parts += (text[done:at], piece)
        done = at
    return "".join((*parts, text[done:]))


def add(text: str, container: Node, values: Sequence[tuple[str | None, Any]]) -> list[Insertion]:
    """The insertions that put members (with key) or items (without) at the end of a container."""
    style = _Style(text, container)
    pieces = [style.render(key, value) for key, value in values]
    if not container.children:
        return style.fill(pieces)
    last = container.children[-1].node.end
    comma = skip(text, last)
    has_comma = text[comma] == ","
    end = _content_end(text, comma + 1 if has_comma else last)
    piece = ",".join(style.lead + piece for piece in pieces)
    if has_comma:
        return [(end, piece + ",")]
    return [(last, ","), (end, piece)]


def take_out(text: str, container: Node, children: Sequence[Child]) -> str:
    """The text without some of a container's children, and without the commas and blanks that came with them."""
    places = [place for place, child in enumerate(container.children) if child in children]
    for place in reversed(places):  # from the end, so that what stands before keeps its place
        child = container.children[place]
        before = container.children[place - 1].node.end if place else container.start + 1
        text = _take_one(text, child, before, is_first=not place)
    return text


def _take_one(text: str, child: Child, before: int, *, is_first: bool) -> str:
    end = last = child.node.end
    comma = skip(text, end)
    commas = []
    if text[comma] == ",":
        commas, last = [(comma, comma + 1)], comma + 1
    elif not is_first:
        comma = skip(text, before)
        commas = [(comma, comma + 1)]
    start = child.start
    while text[start - 1] in " \t\r\n":
        start -= 1
    if _ends_in_line_comment(text, before, start) and not _LINE_END.match(text, last):
        start = text.index("\n", start) + 1  # or the comment would swallow what follows
    return cut(text, [(start, end), *commas])


def _ends_in_line_comment(text: str, at: int, end: int) -> bool:
    """Whether what stands between two places, but for a comma, ends in a comment that goes on to the line's end."""
    last = ""
    while at < end:
        for part in gaps(text, at):
            at = part.end()
            last = part[0] if part[0][:1] == "/" else last
        at += 1
    return last.startswith("//")


def cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text without some spans of it."""
    for start, end in sorted(set(spans), reverse=True):
        text = text[:start] + text[end:]
    return text


def checked(text: str, expected: Any) -> str:
    """The text, if it says what is expected; raises ValueError where splicing went wrong."""
    if parse(text).value != expected:
        raise ValueError("its style is one that entries cannot be put into")
    return text


def _content_end(text: str, at: int) -> int:
    """The end of what stands behind a place before the closing bracket: comments, not blanks."""
    end = at
    for part in gaps(text, at):
        if part[0][:1] == "/":
            end = part.end()
    return end


class _Style:
    """How a text lays out a container: on lines of their own, or in one line."""

    def __init__(self, text: str, container: Node) -> None:
        self._text, self._container = text, container
        root = parse(text)
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._unit = _indent_of(text, root) or "  "
        self._is_open = self._opens(root)
        first = container.children[0] if container.children else None
        self._base = _line_indent(text, container.start)
        indent = _own_line(text, first.start) if first else None
        self._indent = self._base + self._unit if indent is None else indent

    @property
    def lead(self) -> str:
        """What stands before a child."""
        return self._newline + self._indent if self._is_open else " "

    def render(self, key: str | None, value: Any) -> str:
        """A child as this text would write it."""
        if self._is_open:
            body = json.dumps(value, indent=self._unit, ensure_ascii=False).replace("\n", self._newline + self._indent)
        else:
            body = json.dumps(value, ensure_ascii=False)
        return body if key is None else f"{json.dumps(key, ensure_ascii=False)}: {body}"

    def fill(self, pieces: list[str]) -> list[Insertion]:
        """The insertions that put the first children into an empty container."""
        end = _content_end(self._text, self._container.start + 1)
        has_line = "\n" in self._text[end : self._container.end]
        if not self._is_open:
            return [(end, ", ".join(pieces))]
        closing = "" if has_line else self._newline + self._base
        return [(end, ",".join(self.lead + piece for piece in pieces) + closing)]

    def _opens(self, root: Node) -> bool:
        """One line stays one line; but an empty document is opened, and so is one whose last comment ends its line."""
        text, children = self._text, self._container.children
        if not children:
            return "\n" in text[root.start : root.end] or not root.children
        tail = text[children[-1].node.end : self._container.end]
        return "\n" in text[self._container.start : children[0].start] or "//" in tail


def _indent_of(text: str, root: Node) -> str:
    return (_own_line(text, root.children[0].start) or "") if root.children else ""


def _own_line(text: str, at: int) -> str | None:
    """The blanks before a place, if nothing else stands before it on its line."""
    before = text[:at].rpartition("\n")[2]
    return before if "\n" in text[:at] and not before.strip(" \t") else None


def _line_indent(text: str, at: int) -> str:
    found = re.match(r"[ \t]*", text[:at].rpartition("\n")[2])
    return found[0] if found else ""
