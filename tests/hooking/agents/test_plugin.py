"""OpenCode's plugin under a real JavaScript engine, called as OpenCode calls it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.hooking.agents import plugin
from tests.gitting import commit

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(not NODE, reason="node is not on this machine")

_CALLS = """
const { Ledger } = await import(process.argv[2])
const hooks = await Ledger({ directory: process.argv[3] })
const calls = JSON.parse(process.argv[4])
for (const [name, input, output] of calls) await hooks[name](input, output)
process.stdout.write(JSON.stringify(calls.map(([, , output]) => output ?? null)))
"""


@pytest.fixture
def clone(repository: Path) -> Path:
    commit(repository, "root")
    (repository / ".git/ledger").mkdir()
    (repository / ".git/ledger/interpreter").write_text(f"{sys.executable}\n")
    return repository


def call(text: str, clone: Path, *calls: list[object]) -> list[dict[str, dict[str, str]]]:
    module, script = clone.parent / "ledger.mjs", clone.parent / "calls.mjs"
    module.write_text(text)
    script.write_text(_CALLS)
    words = [str(NODE), str(script), str(module), str(clone), json.dumps(calls)]
    done = subprocess.run(words, capture_output=True, cwd=clone, check=False, timeout=60)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    found: list[dict[str, dict[str, str]]] = json.loads(done.stdout)
    return found


def shell(clone: Path, session: str = "ses_1", **env: str) -> list[object]:
    return ["shell.env", {"cwd": str(clone), "sessionID": session, "callID": "c"}, {"env": env}]


def params(model: str, session: str = "ses_1", agent: object = "build") -> list[object]:
    return ["chat.params", {"sessionID": session, "agent": agent, "model": {"id": model, "providerID": "p"}}, {}]


@needs_node
@pytest.mark.parametrize("text", [plugin.personal(), plugin.shared()], ids=["personal", "shared"])
def test_each_session_is_noted_with_its_model_and_told_to_its_shell(clone: Path, text: str) -> None:
    said = call(
        text,
        clone,
        params("claude-opus-4-8"),
        params("claude-haiku-4-5", agent={"name": "title"}),
        params("qwen3-coder", "ses_2", {"name": "reviewer"}),
        shell(clone),
        shell(clone, "ses_2", KEPT="1"),
    )
    assert said[3:] == [
        {"env": {"OPENCODE_SESSION_ID": "ses_1"}},
        {"env": {"KEPT": "1", "OPENCODE_SESSION_ID": "ses_2"}},
    ]
    folder = clone / ".git/ledger/agents"
    assert (folder / "opencode.ses_1").read_text() == "model=claude-opus-4-8\nsession=ses_1\n"
    assert (folder / "opencode.ses_2").read_text() == "model=qwen3-coder\nsession=ses_2\nrole=review\n"


@needs_node
def test_a_gateway_gets_tags_and_no_one_else(clone: Path) -> None:
    (clone / ".git/ledger/gateway-opencode").write_text("kind=litellm\nrepository=example.org/ann/app\n")
    gateway = {"provider": {"options": {"baseURL": "http://localhost:4000"}}}
    said = call(
        plugin.personal(),
        clone,
        ["chat.headers", gateway, {"headers": {}}],
        ["chat.headers", gateway, {"headers": {"x-litellm-tags": "team"}}],
        ["chat.headers", {"provider": {"options": {}}}, {"headers": {}}],
        ["chat.headers", {}, {"headers": {}}],
    )
    tags = "repo:example.org/ann/app,branch:main"
    expected = [{"x-litellm-tags": tags}, {"x-litellm-tags": f"team,{tags}"}, {}, {}]
    assert [each["headers"] for each in said] == expected


@needs_node
@pytest.mark.parametrize(
    "text",
    [plugin.personal(python="/gone"), plugin.personal(program="/gone"), plugin.personal(python="/bin/false")],
    ids=["python", "program", "fails"],
)
def test_where_the_ledger_is_gone_nobody_notices(clone: Path, text: str) -> None:
    said = call(text, clone, params("m"), shell(clone), ["chat.headers", {}, {"headers": {}}], ["shell.env", {}, {}])
    assert said[1] == {"env": {"OPENCODE_SESSION_ID": "ses_1"}}
    assert not (clone / ".git/ledger/agents").exists()


@needs_node
def test_a_shared_plugin_in_a_clone_without_a_ledger_does_nothing(clone: Path) -> None:
    shutil.rmtree(clone / ".git/ledger")
    call(plugin.shared(), clone, params("m"), shell(clone))
    assert not (clone / ".git/ledger").exists()


def test_an_edited_plugin_is_told_apart() -> None:
    for text in (plugin.personal(), plugin.shared()):
        assert plugin.is_ours(text)
        assert plugin.is_untouched(text)
        assert not plugin.is_untouched(text + "\n")
        assert not plugin.is_untouched(text.replace("\n", "x\n", 1))
    assert not plugin.is_ours("// theirs\n")


def test_the_shared_one_names_no_path_of_this_machine() -> None:
    assert sys.executable in plugin.personal()
    assert sys.executable not in plugin.shared()
    assert str(Path(plugin.__file__).parent) not in plugin.shared()
