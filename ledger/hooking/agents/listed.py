"""Hooks as lists in a JSON file: `{"hooks": {"Event": [entry, …]}}`, the form that nearly all agents have taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.hooking.agents import command, splice
from ledger.hooking.agents.jsonc import Child, Node, parse
from ledger.hooking.agents.table import Agent, Event


@dataclass(frozen=True, slots=True)
class Found:
    """A handler of ours in a file."""

    event: str
    container: Node
    """The list that the child is taken out of."""
    child: Child
    is_untouched: bool


def put(text: str, agent: Agent, line: str) -> list[splice.Insertion]:
    """The insertions that put an entry for each event; an event that has one of ours is left as it is.

    Raises ValueError where the file is not of this form.
    """
    if not text.strip("\ufeff \t\r\n"):
        return [(len(text), _new_document(agent, line))]
    root = _expect(parse(text), "the file", is_object=True)
    has = {found.event for found in find(root, agent)}
    wanted = [event for event in agent.events if event.name not in has]
    hooks = root.child("hooks")
    if hooks is None:
        members = [("hooks", {event.name: [entry(agent, event, line)] for event in wanted})]
        document = [*agent.document.items(), *members] if not root.children else members
        return splice.add(text, root, document) if wanted else []
    _expect(hooks, "hooks", is_object=True)
    new = [(event.name, [entry(agent, event, line)]) for event in wanted if hooks.child(event.name) is None]
    insertions = splice.add(text, hooks, new) if new else []
    for event in wanted:
        if (listed := hooks.child(event.name)) is not None:
            _expect(listed, f"hooks.{event.name}", is_object=False)
            insertions += splice.add(text, listed, [(None, entry(agent, event, line))])
    return insertions


def entry(agent: Agent, event: Event, line: str) -> dict[str, Any]:
    """What is written for an event."""
    handler = _handler(agent, line)
    if not agent.is_nested:
        return handler
    return {"matcher": event.matcher, "hooks": [handler]} if event.matcher else {"hooks": [handler]}


def find(root: Node, agent: Agent) -> Iterator[Found]:
    """Every handler of ours, whichever event it stands at."""
    hooks = root.child("hooks") if root.is_object else None
    events = {event.name: event for event in agent.events}
    for listed in hooks.children if hooks and hooks.is_object else ():
        name = str(listed.key)
        for child in listed.node.children if listed.node.is_array else ():
            if not agent.is_nested:
                if command.is_ours(_line(child.node, agent)):
                    yield Found(name, listed.node, child, _is_untouched(child.node, agent))
                continue
            group = child.node.child("hooks") if child.node.is_object else None
            ours = [inner for inner in group.children if command.is_ours(_line(inner.node, agent))] if group else []
            for inner in ours:
                is_same = _is_untouched(inner.node, agent)
                if is_same and _is_whole(child.node.value, agent, events.get(name)):
                    yield Found(name, listed.node, child, True)
                elif group:
                    yield Found(name, group, inner, is_same and len(group.children) > 1)


def _is_whole(group: Any, agent: Agent, event: Event | None) -> bool:
    """Whether a group is one that we write; at an event that we no longer use, with whatever matcher it had."""
    if len(group["hooks"]) != 1:
        return False
    if event is None:
        return set(group) <= {"matcher", "hooks"}
    return bool(group == entry(agent, event, group["hooks"][0][agent.key]))


def line_of(found: Found, agent: Agent) -> object:
    """The command line of a handler, or of the one in a group that is wholly ours."""
    node = found.child.node
    inner = node.child("hooks") if node.is_object else None
    return _line(inner.children[0].node if inner else node, agent)


def expected(text: str, agent: Agent, line: str) -> Any:
    """What the file must say after `put`, computed without its text."""
    root = parse(text) if text.strip("\ufeff \t\r\n") else None
    value = dict(root.value) if root and root.children else dict(agent.document)
    has = {found.event for found in find(root, agent)} if root else set()
    hooks = dict(value.get("hooks", {}))
    for event in (event for event in agent.events if event.name not in has):
        hooks[event.name] = [*hooks.get(event.name, []), entry(agent, event, line)]
    return {**value, "hooks": hooks}


def take(text: str, agent: Agent, made: frozenset[str] = frozenset()) -> str:
    """The text without our untouched entries, and without the lists that we made for them if those are empty now."""
    if not text.strip("\ufeff \t\r\n"):
        return text
    root = parse(text)
    while found := next((each for each in find(root, agent) if each.is_untouched), None):
        text = splice.take_out(text, found.container, [found.child])
        root = parse(text)
    for name in (*(name for name in made if name != "hooks"), "hooks"):
        hooks = root.child("hooks") if root.is_object else None
        container = root if name == "hooks" else hooks
        child = next((c for c in container.children if c.key == name), None) if container else None
        if name in made and container and child and not child.node.value and not _has_comment(text, child.node):
            text = splice.take_out(text, container, [child])
            root = parse(text)
    return text


def made_by(text: str, agent: Agent) -> frozenset[str]:
    """The lists that putting entries into this text makes: `hooks`, and names of events."""
    if not text.strip("\ufeff \t\r\n"):
        return frozenset({"hooks", *(event.name for event in agent.events)})
    hooks = parse(text).child("hooks")
    missing = {event.name for event in agent.events if hooks is None or hooks.child(event.name) is None}
    return frozenset(missing | ({"hooks"} if hooks is None else set()))


def _new_document(agent: Agent, line: str) -> str:
    value = {**agent.document, "hooks": {event.name: [entry(agent, event, line)] for event in agent.events}}
    opened = splice.insert("{}", splice.add("{}", parse("{}"), list(value.items())))
    return opened + "\n"


def _handler(agent: Agent, line: str) -> dict[str, Any]:
    kind = {key: value for key, value in agent.handler.items() if key == "type"}
    return {**kind, agent.key: line, **agent.handler}


def _line(node: Node, agent: Agent) -> object:
    return node.value.get(agent.key) if node.is_object else None


def _is_untouched(node: Node, agent: Agent) -> bool:
    line = str(_line(node, agent))
    return command.is_untouched(line, agent.name) and bool(node.value == _handler(agent, line))


def _has_comment(text: str, node: Node) -> bool:
    return bool(text[node.start + 1 : node.end - 1].strip())


def _expect(node: Node, what: str, *, is_object: bool) -> Node:
    if node.is_object is not is_object or (not is_object and not node.is_array):
        raise ValueError(f"{what} is not {'an object' if is_object else 'a list'}")
    return node
