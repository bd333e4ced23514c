"""Tags for a gateway, as the program tells them and keeps them fresh."""

from __future__ import annotations

import stat
import time
from pathlib import Path

from tests.gitting import git
from tests.hooking.agents.calling import QUIET, claude, run


def ask_for_tags(clone: Path, agent: str = "claude-code") -> None:
    (clone / ".git/ledger" / f"gateway-{agent}").write_text("kind=litellm\nrepository=example.org/ann/app\n")


def test_tags_name_repository_branch_and_role(clone: Path) -> None:
    ask_for_tags(clone, "codex")
    assert run("codex", None, cwd=clone, mode="tags") == (0, "repo:example.org/ann/app,branch:main", "")
    git(clone, "switch", "-q", "-c", "feat/a,b=ü")
    said = run("codex", None, cwd=clone, mode="tags", env={"LEDGER_ROLE": "review"})[1]
    assert said == "repo:example.org/ann/app,branch:feat/ab,role:review"
    git(clone, "switch", "-q", "--detach")
    assert run("codex", None, cwd=clone, mode="tags")[1] == "repo:example.org/ann/app"


def test_tags_take_the_role_that_was_declared_while_it_holds(clone: Path) -> None:
    ask_for_tags(clone, "codex")
    use = clone / ".git/ledger/use"
    use.write_text(f"model=m\nrole=scout\nbranch=main\nuntil={int(time.time()) + 1000}\n")
    assert run("codex", None, cwd=clone, mode="tags")[1].endswith(",role:scout")
    use.write_text("model=m\nrole=scout\nbranch=main\nuntil=5\n")
    assert "role" not in run("codex", None, cwd=clone, mode="tags")[1]


def test_who_did_not_ask_for_tags_gets_none(clone: Path, tmp_path: Path) -> None:
    ask_for_tags(clone, "codex")
    assert run("opencode", None, cwd=clone, mode="tags") == QUIET
    assert run("codex", None, cwd=tmp_path, mode="tags") == QUIET
    assert run("codex", None, cwd=clone, mode="tags", env={"LEDGER": "0"}) == QUIET


def test_claude_code_s_header_follows_the_branch(clone: Path, tmp_path: Path) -> None:
    ask_for_tags(clone)
    path = clone / ".claude/settings.local.json"
    path.parent.mkdir()
    value = "a: repo:k/e/pt\\nX-LiteLLM-Tags: mine,repo:x/y/z,branch:old,more\\nc: d"
    text = f'{{"env": {{"ANTHROPIC_CUSTOM_HEADERS": "{value}"}}}}\r\n'
    path.write_bytes(text.encode())
    path.chmod(0o640)
    run("claude-code", claude(clone, tmp_path / "none"), cwd=tmp_path)
    expected = text.replace("repo:x/y/z,branch:old", "repo:example.org/ann/app,branch:main")
    assert path.read_bytes().decode() == expected
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_header_that_is_not_there_is_not_put_there(clone: Path, tmp_path: Path) -> None:
    ask_for_tags(clone)
    path = clone / ".claude/settings.local.json"
    path.parent.mkdir()
    path.write_text('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "a: b"}, "x": "repo:x/y/z"}')
    was = path.read_text()
    run("claude-code", claude(clone, tmp_path / "none"), cwd=tmp_path)
    assert path.read_text() == was
