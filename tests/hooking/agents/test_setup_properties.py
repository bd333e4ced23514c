"""Whatever a settings file looks like: what goes in comes out, twice is once, and nobody else's words are lost."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.hooking.agents import command, listed, setup
from ledger.hooking.agents.jsonc import parse
from ledger.hooking.agents.table import Agent
from tests.hooking.agents.installing import file_of, install, uninstall
from tests.hooking.agents.settings import LISTED, Settings, settings_files


@contextmanager
def a_home(name: str, text: str) -> Iterator[tuple[dict[str, str], Path]]:
    """A home whose settings of an agent are these, to the byte."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"HOME": folder, "PATH": ""}
        path = file_of(name, environ)
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode())
        yield environ, path


def without_ours(value: Any, agent: Agent) -> Any:
    """What a file says beside our entries; lists that only we could have made are gone."""
    if "hooks" not in value:
        return value
    hooks = {}
    for event, entries in value["hooks"].items():
        hooks[event] = [each for each in entries if not command.is_ours(json.dumps(each).replace("\\", ""))]
    return {**value, "hooks": {event: entries for event, entries in hooks.items() if entries}}


def normal(value: Any) -> Any:
    """A file's value without empty lists of hooks, which mean what no list means."""
    if "hooks" not in value:
        return value
    hooks = {event: entries for event, entries in value["hooks"].items() if entries}
    return {**{key: each for key, each in value.items() if key != "hooks"}, **({"hooks": hooks} if hooks else {})}


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.sampled_from(LISTED), settings_files())
def test_taking_out_what_was_put_in_restores_the_file_to_the_byte(agent: Agent, given_file: Settings) -> None:
    with a_home(agent.name, given_file.text) as (environ, path):
        install(agent.name, environ)
        uninstall(agent.name, environ)
        assert path.read_bytes() == given_file.text.encode()


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.sampled_from(LISTED), settings_files())
def test_installing_adds_one_entry_for_each_event_and_says_all_that_was_said(
    agent: Agent, given_file: Settings
) -> None:
    with a_home(agent.name, given_file.text) as (environ, path):
        install(agent.name, environ)
        root = parse(path.read_bytes().decode())
        assert sorted(found.event for found in listed.find(root, agent)) == sorted(e.name for e in agent.events)
        expected = {**agent.document, **given_file.value} if not given_file.value else given_file.value
        assert normal(without_ours(root.value, agent)) == normal(expected)


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.sampled_from(LISTED), settings_files())
def test_installing_again_changes_nothing(agent: Agent, given_file: Settings) -> None:
    with a_home(agent.name, given_file.text) as (environ, path):
        install(agent.name, environ)
        once = path.read_bytes()
        assert not setup.plan(agent.name, environ=environ).changes
        assert install(agent.name, environ) == []
        assert path.read_bytes() == once


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.sampled_from(LISTED), settings_files())
def test_where_others_touched_the_file_only_our_entries_go(agent: Agent, given_file: Settings) -> None:
    with a_home(agent.name, given_file.text) as (environ, path):
        install(agent.name, environ)
        path.write_bytes(path.read_bytes() + b"\n// theirs\n")
        uninstall(agent.name, environ)
        left = path.read_bytes().decode()
        assert left.endswith("\n// theirs\n")
        assert normal(parse(left).value) == normal(
            {**agent.document, **given_file.value} if not given_file.value else given_file.value
        )


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.sampled_from(LISTED), settings_files())
def test_an_entry_of_another_place_is_brought_up_to_date_in_its_place(agent: Agent, given_file: Settings) -> None:
    """The package was installed anew elsewhere: one entry an event, the new one, and the way back is still there."""
    with a_home(agent.name, given_file.text) as (environ, path):
        install(agent.name, environ)
        now = path.read_bytes()
        stale = now.replace(str(command.PROGRAM).encode(), b"/old/ledger/hooking/agents/witness.py")
        path.write_bytes(stale)
        install(agent.name, environ)
        root = parse(path.read_bytes().decode())
        assert {str(listed.line_of(found, agent)) for found in listed.find(root, agent)} <= {_line(agent)}
        assert len(list(listed.find(root, agent))) == len(agent.events)


def _line(agent: Agent) -> str:
    line = command.personal(agent.name)
    return command.in_sh(line) if agent.uses_login_shell else line


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.sampled_from(LISTED), settings_files(), st.data())
def test_a_foreign_entry_that_came_later_survives(agent: Agent, given_file: Settings, data: st.DataObject) -> None:
    """Someone adds a hook of theirs beside ours, by a program that writes the file anew."""
    with a_home(agent.name, given_file.text) as (environ, path):
        install(agent.name, environ)
        value = parse(path.read_bytes().decode()).value
        event = data.draw(st.sampled_from(agent.events)).name
        place = data.draw(st.integers(0, len(value["hooks"][event])))
        theirs = {"hooks": [{"type": "command", "command": "later"}]} if agent.is_nested else {agent.key: "later"}
        value["hooks"][event].insert(place, theirs)
        path.write_text(json.dumps(value, indent=data.draw(st.sampled_from([None, 4]))))
        assert not setup.plan(agent.name, environ=environ).changes
        uninstall(agent.name, environ)
        left = parse(path.read_text()).value
        assert not list(listed.find(parse(path.read_text()), agent))
        assert theirs in left["hooks"][event]
        left["hooks"][event].remove(theirs)
        assert normal(left) == normal(given_file.value or agent.document)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.sampled_from(LISTED), settings_files())
def test_the_difference_of_a_plan_is_what_applying_it_does(agent: Agent, given_file: Settings) -> None:
    with a_home(agent.name, given_file.text) as (environ, path):
        planned = setup.plan(agent.name, environ=environ)
        (change,) = planned.changes
        assert path.read_bytes() == given_file.text.encode()
        setup.apply(planned, environ=environ)
        assert (change.before or "", change.after) == (given_file.text, path.read_bytes().decode())
        added = [line for line in setup.difference(planned).splitlines() if line.startswith("+")]
        assert any("witness.py" in line for line in added)
