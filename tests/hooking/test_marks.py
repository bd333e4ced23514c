"""The texts of ours: known again, told apart when edited, and run by a real shell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.hooking.marks import (
    ADVICE,
    EVENTS,
    calls_shared_copy,
    guarded_call,
    has_block,
    hook_text,
    is_edited,
    is_marked,
    is_private,
    marked,
    private_text,
    team_block,
    with_block,
    without_block,
)
from tests.gitting import git
from tests.hooking.managing import write

ECHO = '#!/bin/sh\necho "$*"\n[ "$1" != post-rewrite ] || cat\nexit ${STATUS:-0}\n'


def run(script: str, *arguments: str, cwd: Path, stdin: str = "", status: int = 0) -> tuple[int, str]:
    """A script as a hook's file would be run; its status and everything it said."""
    path = write(cwd / ".git/tried", script)
    done = subprocess.run(
        ["sh", "-e", path, *arguments],
        cwd=cwd,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "STATUS": str(status)},
        check=False,
    )
    return done.returncode, done.stdout


def test_the_hook_s_text_is_marked_and_unedited() -> None:
    text = hook_text()
    assert is_marked(text)
    assert not is_edited(text)
    assert not is_private(text)
    assert text.startswith("#!/bin/sh\n# ledger-hook ")


@given(st.text(max_size=60), st.text(min_size=1, max_size=10))
def test_any_change_is_seen(rest: str, more: str) -> None:
    text = marked(f"#!/bin/sh\n{rest}")
    assert is_marked(text)
    assert not is_edited(text)
    assert is_edited(text + more)


@pytest.mark.parametrize(
    "text", ["", "#!/bin/sh", "#!/bin/sh\n", "# ledger-hook 1\n", "#!/bin/sh\n\n# ledger-hook 1\n"]
)
def test_other_texts_are_not_ours(text: str) -> None:
    assert not is_marked(text)


def test_a_text_of_ours_that_was_cut_off_counts_as_edited() -> None:
    assert is_edited("\n".join(hook_text().split("\n")[:2]))


@pytest.mark.parametrize("name", ["hook", "with space", "quo'te", 'dou"ble', "$(touch x)", "`touch x`"])
def test_a_guarded_call_runs_the_hook_wherever_it_is(repository: Path, name: str) -> None:
    path = write(repository / ".git" / name, ECHO)
    call = f'#!/bin/sh\n{guarded_call(path, "commit-msg")} "$@"\n'
    assert run(call, "a file", cwd=repository, status=3) == (3, "commit-msg a file\n")
    path.unlink()
    assert run(call, "a file", cwd=repository) == (0, "")
    assert not (repository / "x").exists()


@pytest.mark.parametrize("event", EVENTS)
def test_a_private_script_is_ours_and_says_so(tmp_path: Path, event: str) -> None:
    text = private_text(tmp_path / "hook", event)
    assert is_marked(text)
    assert not is_edited(text)
    assert is_private(text)
    assert [each for each in EVENTS if calls_shared_copy(text.splitlines()[-1], each)] in ([], [event])


@pytest.mark.parametrize("event", EVENTS)
def test_a_block_runs_the_hook_first_and_hands_everything_on(repository: Path, event: str) -> None:
    script = with_block("#!/bin/sh\necho theirs\ncat\n", team_block(event))
    assert run(script, cwd=repository, stdin="a b\nc d\n") == (0, "theirs\na b\nc d\n")
    write(repository / ".git/ledger/hook", ECHO)
    code, said = run(script, "x", cwd=repository, stdin="a b\nc d\n")
    pairs = "a b\nc d\n" if event == "post-rewrite" else ""
    assert (code, said) == (0, f"{event} x\n{pairs}theirs\na b\nc d\n")


@pytest.mark.parametrize("event", EVENTS)
def test_only_commit_msg_may_refuse_in_a_block(repository: Path, event: str) -> None:
    write(repository / ".git/ledger/hook", ECHO)
    code, said = run(f"#!/bin/sh\n{team_block(event)}echo theirs\n", "x", cwd=repository, status=1)
    assert (code, "theirs" in said) == ((1, False) if event == "commit-msg" else (0, True))


def test_a_block_outside_of_any_repository_is_silent(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    code, said = run(f"#!/bin/sh\n{team_block('post-commit')}echo theirs\n", cwd=tmp_path)
    assert (code, said) == (0, "theirs\n")


def test_the_advice_is_one_line_that_takes_the_event_from_the_file_s_name(repository: Path) -> None:
    write(repository / ".git/ledger/hook", ECHO)
    script = write(repository / ".git/hooks/post-merge", f"#!/bin/sh\n{ADVICE}\necho theirs\n")
    done = subprocess.run([script, "0"], cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout == "post-merge 0\ntheirs\n"
    assert "\n" not in ADVICE
    assert all(calls_shared_copy(ADVICE, event) for event in EVENTS)
    git(repository, "config", "core.bare", "false")


@pytest.mark.parametrize(
    ("line", "event", "calls"),
    [
        (".git/ledger/hook post-commit", "post-commit", True),
        ('"$(git rev-parse --git-common-dir)/ledger/hook" post-commit "$@"', "post-commit", True),
        (".git/ledger/hook prepare-commit-msg", "commit-msg", False),
        (".git/ledger/hook post-commit", "post-merge", False),
        ("echo ledger; echo post-commit", "post-commit", False),
        ("", "post-commit", False),
    ],
)
def test_lines_that_a_person_wrote_are_known(line: str, event: str, calls: bool) -> None:
    assert calls_shared_copy(line, event) is calls


def test_a_block_is_found_replaced_and_taken_out() -> None:
    script = "#!/bin/sh\necho theirs\n"
    once = with_block(script, team_block("commit-msg"))
    assert has_block(once)
    assert not has_block(script)
    assert with_block(once, team_block("post-commit")) == with_block(script, team_block("post-commit"))
    assert without_block(once) == script
    assert without_block(script) == script
    assert with_block("echo no shebang\n", team_block("commit-msg")).endswith("echo no shebang\n")
