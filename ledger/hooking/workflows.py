"""The files by which a team's CI calls the ledger, written into its repository like hooks: to be read and committed.

Each begins with a line that tells whether it was edited since; what was edited is left alone. They hold no place of a
machine, and name every tool by an exact version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ledger
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.marks import digest
from ledger.hooking.steps import Plan, carry_out

_MARK = "# ledger-ci "
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_GITHUB = ("ledger-record.yml", "ledger-outcome.yml", "ledger-sync.yml", "ledger-report.yml")
_RUNS_TESTS = re.compile(r"^\s*(?:-\s*)?pull_request\b|\bon:.*\bpull_request\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """A file that is written, and the template that it is made of."""

    place: str
    source: str


TEMPLATES = {
    "github": tuple(Template(f".github/workflows/{name}", f"github/{name}") for name in _GITHUB),
    "gitlab": (Template(".gitlab/ledger.yml", "ledger.yml"),),
}


def write_workflows(git: Git, forge: str) -> Plan:
    """Write a forge's files into the worktree; says of each whether it was written, renewed or kept, and what is left.

    Raises LedgerError where there is no worktree.
    """
    if git.worktree is None:
        raise LedgerError("A bare repository has no files to write; run this in a clone with a worktree.")
    plan = Plan()
    for template in TEMPLATES[forge]:
        path = git.worktree / template.place
        text = made_of(template.source, default_branch(git))
        _write(plan, path, template.place, text)
    for sentence in _left_to_do(git.worktree, forge):
        plan.note(sentence)
    carry_out(git, plan.steps)
    return plan


def _write(plan: Plan, path: Path, place: str, text: str) -> None:
    there = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
    if there == text:
        plan.tell(place, "kept", "it is up to date")
    elif there is not None and is_edited(there):
        plan.tell(place, "kept", "it was edited; to have it as it comes, move it away and run this again")
    else:
        plan.write(path, text, 0o644)
        plan.tell(place, "written" if there is None else "renewed")


def made_of(source: str, branch: str) -> str:
    """A template as it is written: with the mark in front, and the branch where it names one."""
    text = (_folder() / source).read_text(encoding="utf-8")
    return _marked(text.replace("branches: [main]", f"branches: [{branch}]"))


def is_edited(text: str) -> bool:
    """The file is none of ours, or not as we wrote it."""
    first, _, rest = text.partition("\n")
    return first != f"{_MARK}{digest(rest)}"


def default_branch(git: Git) -> str:
    """The branch that work lands on, by what the remote says; main where that tells nothing that YAML can hold."""
    head = git.run("symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD", check=False)
    name = head.partition("/")[2]
    return name if _BRANCH.fullmatch(name) else "main"


def _marked(text: str) -> str:
    return f"{_MARK}{digest(text)}\n{text}"


def _folder() -> Path:
    """In an installation inside the package, in a checkout beside it."""
    package = Path(ledger.__file__).parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _left_to_do(worktree: Path, forge: str) -> Iterator[str]:
    if forge == "gitlab":
        yield "Add to .gitlab-ci.yml:  include: [{local: .gitlab/ledger.yml}]"
        yield "Set the variable GITLAB_TOKEN and make a pipeline schedule, as the file's first lines say."
        return
    tests = [path.name for path in sorted((worktree / ".github" / "workflows").glob("*.y*ml")) if _has_tests(path)]
    where = f"({', '.join(tests[:3])}) " if tests else ""
    yield f"Add the job that ledger-record.yml begins with to the workflow {where}that runs your tests."


def _has_tests(path: Path) -> bool:
    """It runs on requests, and is not one of ours."""
    try:
        return not path.name.startswith("ledger-") and bool(_RUNS_TESTS.search(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False
