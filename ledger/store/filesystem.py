"""Where a database file lies: SQLite's log in shared memory is not safe on a network (storage.md §5)."""

from __future__ import annotations

import os
import re
from pathlib import Path

_REMOTE = re.compile(
    r"^(nfs\d?|cifs|smb3?|smbfs|9p|afs|ceph|glusterfs|lustre|drvfs|fuse\.(sshfs|s3fs|rclone|gcsfuse))$"
)
MOUNTS = "/proc/self/mounts"


def journal_mode(path: str) -> str:
    """`WAL`, or `DELETE` on a network's file system, where processes of two machines would corrupt it."""
    return "DELETE" if is_remote(path) else "WAL"


def is_remote(path: str) -> bool:
    """Whether the deepest mount above the path is a network's, by what the kernel says; False where it says nothing."""
    try:
        lines = [line.split(" ") for line in Path(MOUNTS).read_text(errors="replace").splitlines()]
    except OSError:
        return False
    real = os.path.realpath(path)
    above = [(_plain(line[1]), line[2]) for line in lines if len(line) > 2 and _lies_in(real, _plain(line[1]))]
    return bool(above) and bool(_REMOTE.match(max(above, key=lambda mount: len(mount[0]))[1]))


def _plain(mount: str) -> str:
    """The kernel writes a blank and the like as a backslash and an octal number."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), mount)


def _lies_in(path: str, mount: str) -> bool:
    return mount == "/" or path == mount or path.startswith(mount.rstrip("/") + "/")
