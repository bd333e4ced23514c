"""SQLite's log in shared memory is kept off a network's file systems; the mounts here are told, not mounted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import DatabaseUnusable
from ledger.store import filesystem
from ledger.store.engine import open_ledger


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the kernel would say: /, and under this test's directory what the test writes."""
    path = tmp_path / "mounts"
    monkeypatch.setattr(filesystem, "MOUNTS", str(path))
    path.write_text("/dev/sda / ext4 rw 0 0\n")
    return path


def mount(mounts: Path, where: Path, kind: str) -> None:
    where.mkdir(exist_ok=True)
    with mounts.open("a") as file:
        file.write(f"server:/x {str(where).replace(' ', chr(92) + '040')} {kind} rw 0 0\n")


@pytest.mark.parametrize(
    ("kind", "remote"),
    [
        ("nfs", True),
        ("nfs4", True),
        ("cifs", True),
        ("fuse.sshfs", True),
        ("9p", True),
        ("ext4", False),
        ("tmpfs", False),
    ],
)
def test_the_kind_of_the_deepest_mount_decides(mounts: Path, tmp_path: Path, kind: str, remote: bool) -> None:
    mount(mounts, tmp_path / "a share", kind)
    assert filesystem.is_remote(str(tmp_path / "a share" / "x" / "ledger.db")) is remote
    assert not filesystem.is_remote(str(tmp_path / "a share2" / "ledger.db"))
    mount(mounts, tmp_path / "a share" / "local", "ext4")
    assert not filesystem.is_remote(str(tmp_path / "a share" / "local" / "ledger.db"))


def test_where_the_kernel_says_nothing_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(filesystem, "MOUNTS", str(tmp_path / "none"))
    assert filesystem.journal_mode(str(tmp_path / "ledger.db")) == "WAL"


def test_a_ledger_there_is_made_without_a_log_and_says_so(mounts: Path, tmp_path: Path) -> None:
    mount(mounts, tmp_path / "share", "nfs4")
    said: list[str] = []
    ledger = open_ledger(str(tmp_path / "share" / "ledger.db"), say=said.append)
    assert "network's file system" in said[0]
    with ledger.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
    ledger.close()
    open_ledger(str(tmp_path / "share" / "ledger.db"), create=False).close()


def test_one_with_a_log_that_came_to_lie_there_is_refused(mounts: Path, tmp_path: Path) -> None:
    path = tmp_path / "share" / "ledger.db"
    path.parent.mkdir()
    open_ledger(str(path)).close()
    mount(mounts, tmp_path / "share", "cifs")
    with pytest.raises(DatabaseUnusable, match="move it to a local disk"):
        open_ledger(str(path))
