"""A push and the four things that may come of it, with a real remote and in the words of others."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.exchange.objects import write_commit
from ledger.exchange.pushing import Outcome, judge, push
from ledger.git import Git
from ledger.git_process import Ended
from tests.exchange.remotes import bare, clone, hook, refs
from tests.gitting import git

REF = "refs/ledger/w/one"


def is_alive(process: int) -> bool:
    """A process that ended counts as gone although nobody has collected it."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return said.stdout.strip() not in ("", "Z")


def until(holds: Callable[[], bool]) -> bool:
    """Whether it comes true before long."""
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return bare(tmp_path)


@pytest.fixture
def opened(server: Path, tmp_path: Path) -> Git:
    return Git.open(clone(server, tmp_path / "clone"))


def made(git_: Git, text: bytes, parent: str = "") -> str:
    return write_commit(git_, {"a.jsonl": text}, "entries", parent)


def test_a_ref_is_created_moved_on_and_deleted_by_its_exact_value(server: Path, opened: Git) -> None:
    first = made(opened, b"1\n")
    second = made(opened, b"2\n", first)
    assert push(opened, "origin", [f"{first}:{REF}"], leases={REF: ""}).is_done
    assert push(opened, "origin", [f"{second}:{REF}"]).is_done
    assert push(opened, "origin", [f"{second}:{REF}"]).is_done  # there is nothing left to do
    stale = push(opened, "origin", [f":{REF}"], leases={REF: first})
    assert stale.outcome is Outcome.REJECTED
    assert "stale info" in stale.sentence
    assert refs(server) == {REF: second}
    assert push(opened, "origin", [f":{REF}"], leases={REF: second}).is_done
    assert refs(server) == {}


def test_a_push_behind_the_remote_is_rejected_and_nothing_of_an_atomic_one_arrives(server: Path, opened: Git) -> None:
    first, other = made(opened, b"1\n"), made(opened, b"2\n")
    push(opened, "origin", [f"{first}:{REF}"])
    behind = push(opened, "origin", [f"{other}:{REF}", f"{other}:refs/ledger/main"], atomic=True)
    assert behind.outcome is Outcome.REJECTED
    assert refs(server) == {REF: first}


def test_a_hook_of_the_server_refuses_in_its_own_words(server: Path, opened: Git) -> None:
    hook(server, "pre-receive", "echo 'only branches and tags, ask ops@example.org' >&2; exit 1")
    refused = push(opened, "origin", [f"{made(opened, b'1')}:{REF}"])
    assert refused.outcome is Outcome.REFUSED
    assert refused.sentence == "origin refused it: only branches and tags, ask …."
    assert refs(server) == {}


def test_a_lock_that_another_push_holds_is_a_lost_race(server: Path, opened: Git) -> None:
    lock = server / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    assert push(opened, "origin", [f"{made(opened, b'1')}:{REF}"]).outcome is Outcome.REJECTED


def test_a_push_that_hangs_is_ended_with_its_children(server: Path, opened: Git) -> None:
    hook(server, "pre-receive", "echo $$ >pid; exec sleep 60")
    hung = push(opened, "origin", [f"{made(opened, b'1')}:{REF}"], seconds=0.5)
    assert hung.outcome is Outcome.UNREACHABLE
    assert hung.sentence == "origin did not answer within 0.5 seconds."
    sleeper = int((server / "pid").read_text())
    assert until(lambda: not is_alive(sleeper)), "the hook's process lives on"


def test_a_remote_that_is_not_there_is_unreachable_and_the_users_own_hook_does_not_run(opened: Git) -> None:
    hook(opened.common_dir, "pre-push", "exit 1")
    commit = made(opened, b"1")
    assert push(opened, "origin", [f"{commit}:{REF}"]).is_done
    git(opened.common_dir, "remote", "set-url", "origin", "file:///nowhere/at/all")
    gone = push(opened, "origin", [f"{commit}:{REF}"])
    assert gone.outcome is Outcome.UNREACHABLE
    assert gone.sentence.startswith("origin cannot be reached: ")
    assert push(opened, "--exec=true", [f"{commit}:{REF}"]).outcome is Outcome.UNREACHABLE  # a name, never an option


def test_a_mirror_takes_one_ref_alone(server: Path, opened: Git) -> None:
    git(opened.common_dir, "config", "remote.origin.mirror", "true")
    assert push(opened, "origin", [f"{made(opened, b'1')}:{REF}"]).is_done
    assert "refs/heads/main" in refs(server, "refs/heads")


def test_a_refspec_that_would_switch_off_its_lease_is_never_pushed(opened: Git) -> None:
    with pytest.raises(ValueError, match="lease"):
        push(opened, "origin", [f"+HEAD:{REF}"], leases={REF: ""})


RACES = [
    "rejected] (non-fast-forward)",
    "rejected] (fetch first)",
    "rejected] (stale info)",
    "remote rejected] (cannot lock ref 'refs/ledger/main': is at 1f but expected 2e)",
    "remote rejected] (failed to update ref)",
    "remote rejected] (incorrect old value provided)",
    "remote rejected] (reference already exists)",
]
REFUSALS = [
    "remote rejected] (pre-receive hook declined)",
    "remote rejected] (push declined due to repository rule violations)",
    "remote rejected] (deny updating a hidden ref)",
    "remote rejected] (deletion prohibited)",
    "remote rejected] (unpacker error)",
]


def told(*reasons: str, err: str = "") -> Ended:
    rows = [f"!\tabc:{REF}{number}\t[{reason}" for number, reason in enumerate(reasons)]
    return Ended(1, "\n".join(["To host", *rows, "Done"]), err)


@pytest.mark.parametrize("reason", RACES)
def test_every_wording_of_a_lost_race_may_be_tried_again(reason: str) -> None:
    assert judge(told(reason), "origin", 1).outcome is Outcome.REJECTED
    assert judge(told("rejected] (atomic push failed)", reason), "origin", 1).outcome is Outcome.REJECTED


@pytest.mark.parametrize("reason", REFUSALS)
def test_what_a_rule_refuses_stays_refused_whatever_else_was_lost(reason: str) -> None:
    assert judge(told(reason), "origin", 1).outcome is Outcome.REFUSED
    mixed = judge(told("remote rejected] (atomic transaction failed)", RACES[3], reason), "origin", 1)
    assert mixed.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("err", "outcome"),
    [
        ("remote: Permission to a/b.git denied to ann.\nfatal: unable to access: The requested URL returned error: 403",
         Outcome.REFUSED),
        ("ERROR: Write access to repository not granted.\nfatal: Could not read from remote", Outcome.REFUSED),
        ("remote: You are not allowed to push code to this project.\nfatal: error: 403", Outcome.REFUSED),
        ("fatal: could not read Username for 'https://host': terminal prompts disabled", Outcome.UNREACHABLE),
        ("git@host: Permission denied (publickey).\nfatal: Could not read from remote", Outcome.UNREACHABLE),
        ("fatal: unable to access 'https://a:secret@host/': Could not resolve host: host", Outcome.UNREACHABLE),
        ("", Outcome.UNREACHABLE),
    ],
)  # fmt: skip
def test_without_an_answer_for_any_ref_rights_and_connection_are_told_apart(err: str, outcome: Outcome) -> None:
    came = judge(Ended(128, "", err), "origin", 1)
    assert came.outcome is outcome
    assert "secret" not in came.sentence
    assert "\n" not in came.sentence


def test_a_connection_that_broke_off_may_have_brought_it_all_the_same() -> None:
    broken = judge(told("remote failure] (remote failed to report status)"), "origin", 1)
    assert broken.outcome is Outcome.UNREACHABLE
    assert "broke off" in broken.sentence


def test_what_a_server_says_cannot_move_the_cursor() -> None:
    came = judge(told(REFUSALS[0], err="remote: \x1b[2Jno\nremote: \u202egood"), "origin", 1)
    assert came.sentence == "origin refused it: ·[2Jno ·good."
