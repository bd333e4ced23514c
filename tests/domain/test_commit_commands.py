"""What a shell command commits, whether git says so or not."""

from __future__ import annotations

import pytest

from ledger.domain.commit_commands import Printed, commits_asked, commits_made, is_commit_command, mark_of

HEREDOC = """git add -A && git commit -q -m "$(cat <<'EOF'
feat: say "hi" to
everyone

A body; with `marks` & "quotes".
EOF
)" && git push"""


@pytest.mark.parametrize(
    ("command", "subjects"),
    [
        ("git commit -q -m 'feat: one'", ["feat: one"]),
        ('cd a && git commit -qam "feat: one; and two" | tail -1', ["feat: one; and two"]),
        ("git commit -m'feat: one' -m 'a body' >/dev/null 2>&1", ["feat: one"]),
        ("git -C a commit --message='feat: one' --quiet", ["feat: one"]),
        ("git commit --message 'feat: one'", ["feat: one"]),
        ("git commit -m 'feat:\none\n\nbody'", ["feat: one"]),
        ("git commit -qm a; git commit -qm b && git commit -q", ["a", "b", ""]),
        ("git commit \\\n  -q \\\n  -m 'feat: one'", ["feat: one"]),
        (HEREDOC, ['feat: say "hi" to everyone']),
        ("git commit -q -F - <<EOF\nfeat: one\nEOF", ["feat: one"]),
        ("git commit -qm a && cat <<EOF\nb\nEOF", ["a"]),
        ("git commit --amend --no-edit -q", [""]),
        ("git commit -q -F message.txt", [""]),
        ('git commit -qm "$MESSAGE"', [""]),
        ("git commit -C HEAD -q", [""]),
        ("git commit -m", [""]),
        ("git commit -qm 'no end", [""]),
        ("git commit --dry-run -m x", []),
        ("git commit-tree -m x HEAD^{tree}", []),
        ("echo 'git commit -m x'", []),
        ("ls", []),
    ],
)
def test_the_subjects_of_what_is_committed(command: str, subjects: list[str]) -> None:
    assert commits_asked(command) == [mark_of(subject) if subject else "" for subject in subjects]


def test_plumbing_is_no_git_commit() -> None:
    assert not is_commit_command("git commit-graph write")
    assert is_commit_command("git commit")


@pytest.mark.parametrize(
    "output",
    [
        "On branch x\nnothing to commit, working tree clean",
        "Exit code 1\nlint failed",
        "Process exited with code 128",
        "fatal: not a git repository",
        "error: pathspec 'x' did not match",
    ],
)
def test_a_commit_that_failed_was_not_made(output: str) -> None:
    assert commits_made(output, ["x"]) == []
    assert commits_made("", ["x"], has_failed=True) == []


def test_a_silent_commit_is_what_was_asked_for_and_a_printed_one_what_git_says() -> None:
    silent = [Printed("", "", "x"), Printed("", "", "")]
    assert commits_made(" 1 file changed, 1 insertion(+)", ["x", ""]) == silent
    assert commits_made("[m aaaaaaa] y", ["x"]) == [Printed("m", "aaaaaaa", "y")]
    assert commits_made("[m aaaaaaa] y", [], has_failed=True) == [Printed("m", "aaaaaaa", "y")]
