"""What commits and ranges change, path by path."""

from __future__ import annotations

from pathlib import Path

from ledger.git import Git
from ledger.sources.diffs import read_files, read_whole
from tests.gitting import commit, git


def test_a_commit_and_a_range_tell_their_paths_as_they_are_written(repository: Path) -> None:
    """Moved files are both places; a binary file and a mode have no lines; a merge has no diff of its own."""
    first = commit(repository, "root", {"ä b\n.py": "1\n", "moved.py": "1\n2\n3\n", "run": "x\n"})
    git(repository, "switch", "-q", "-c", "side", first)
    (repository / "image.png").write_bytes(b"\0\1\2")
    side = commit(repository, "image", {"ä b\n.py": "2\n"})
    git(repository, "switch", "-q", "main")
    git(repository, "mv", "moved.py", "here.py")
    (repository / "run").chmod(0o755)
    second = commit(repository, "move", {})
    git(repository, "merge", "-q", "-m", "merge", "side")
    merge = git(repository, "rev-parse", "HEAD")
    opened = Git.open(repository)
    found = read_files(opened, [first, side, second, merge])
    assert sorted(found[first]) == [(1, "run"), (1, "ä b\n.py"), (3, "moved.py")]
    assert sorted(found[side]) == [(0, "image.png"), (2, "ä b\n.py")]
    assert sorted(found[second]) == [(0, "run"), (3, "here.py"), (3, "moved.py")]
    assert found.get(merge, []) == []
    assert sorted(read_whole(opened, first, merge)) == sorted([*found[side], *found[second]])
    assert sorted(read_whole(opened, "", side)) == [
        *((0, "image.png"), (1, "run"), (1, "ä b\n.py"), (3, "moved.py")),
    ]
    assert read_whole(opened, merge, merge) == []
    assert read_files(opened, []) == {}
