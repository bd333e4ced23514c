"""What one step of a CI job does, in which order, and what its output says first.

Each part is a verb of the command line, so that a person can do the same by hand. None of them keeps the others from
their work; what went wrong is told, and what is missing is told first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.domain import ci_words
from ledger.domain.estimates import Sums, estimate
from ledger.domain.report import Group
from ledger.domain.screen import discreet

STEPS = ("pull", "sync", "record", "update", "compact", "report")
"""In the order in which they are done, in whatever order they were named."""
USUAL = ("pull", "sync", "record", "update", "report")
STORES = ("auto", "refs", "database", "artifact")
_VERBS = {
    "pull": ("share", "pull"),
    "sync": ("ci", "sync"),
    "record": ("ci", "record"),
    "update": ("update",),
    "compact": ("share", "compact"),
}
_PERMISSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "github": {
        "pull": ("`contents: read`",),
        "sync": ("`contents: read`", "`pull-requests: read`", "`checks: read`"),
        "record": ("`contents: write`",),
        "compact": ("`contents: write`",),
        "comment": ("`pull-requests: write`",),
    },
    "gitlab": {
        "pull": ("the scope `read_repository`",),
        "sync": ("the scope `read_api`",),
        "record": ("the scope `write_repository`",),
        "compact": ("the scope `write_repository`",),
        "comment": ("the scope `api`",),
    },
}
"""What each step needs, as it is written in a workflow or chosen for a token."""
_ADD = {
    "github": "add {} to the job's permissions in the workflow",
    "gitlab": "give the token in GITLAB_TOKEN {}",
}
_REFUSED = re.compile(
    r"\(40[13]\)|(?:error|answered|HTTP):? 40[13]\b|permission to \S+ denied|write access to|not allowed to push"
    r"|you are not allowed|insufficient permission|resource not accessible|may not comment",
    re.IGNORECASE,
)
_LONGEST = 1000
_SAYS = "ledger: "
"""What the command line puts in front of an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a step was asked for."""

    steps: tuple[str, ...] = USUAL
    reports: tuple[str, ...] = ()
    """Patterns of tests' reports."""
    store: str = "refs"
    """refs of the remote · database · artifact: a file of entries."""
    record_file: str = ""
    """Where the entries go that may have to travel as an artifact: a fork's token cannot write refs."""

    @property
    def is_publishing(self) -> bool:
        """What a sync learns goes to the others: in a step that writes refs anyway, and so may."""
        return self.store == "refs" and not {"record", "compact"}.isdisjoint(self.steps)


@dataclass(frozen=True, slots=True)
class Done:
    """What a part of the step came to."""

    step: str
    code: int
    said: tuple[str, ...]
    """Lines, harmless for a log."""

    @property
    def is_refused(self) -> bool:
        """The token may not do what was asked."""
        return any(_REFUSED.search(line) for line in self.said)

    @property
    def problem(self) -> str:
        """What went wrong, in a line; ''."""
        if not (self.code or self.is_refused):
            return ""
        refused = [line for line in self.said if _REFUSED.search(line)]
        told = [*refused, *(line for line in self.said if line.startswith(_SAYS)), *self.said[-1:]]
        return f"{self.step}: {told[0].removeprefix(_SAYS) if told else f'it ended with {self.code}'}"


def store_for(store: str, *, has_database: bool) -> str:
    """Where a record goes; `auto` is the database that is named, else refs: a clone's own one ends with its job."""
    return store if store != "auto" else "database" if has_database else "refs"


def verbs(wanted: Wanted) -> list[tuple[str, tuple[str, ...]]]:
    """(step, arguments of the command line) in their order; the report is no verb of its own here.

    What went to refs or a file is posted here too, so that the report of the same job knows it.
    """
    steps = [step for step in STEPS if step in wanted.steps and step in _VERBS]
    found = [(step, (*_VERBS[step], *_options(step, wanted))) for step in steps]
    if {"record", "update"} <= set(steps) and wanted.store != "database":
        found.insert(steps.index("update"), ("update", ("update", "--source", "entries", wanted.record_file)))
    return found


def _options(step: str, wanted: Wanted) -> list[str]:
    if step == "sync":
        return ["--push"] if wanted.is_publishing else []
    if step != "record":
        return []
    patterns = ["--strict", *(word for pattern in wanted.reports for word in ("--report", pattern))]
    stores = {
        "refs": ["--push", "--entries", wanted.record_file],
        "database": ["--no-push"],
        "artifact": ["--no-push", "--entries", wanted.record_file],
    }
    return [*patterns, *stores[wanted.store]]


def harmless(text: str) -> tuple[str, ...]:
    """What a verb printed, as lines to be put behind a word: none is a command to the runner, none holds a secret.

    A command that the verb itself gave to the runner is left out: it repeats what the verb said.
    """
    rows = (row.strip() for row in text.splitlines())
    return tuple(ci_words.harmless(discreet(row), _LONGEST) for row in rows if row and not row.startswith("::"))


def first_line(done: Iterable[Done], forge: str, otherwise: str) -> str:
    """The missing permission and the line that gives it; else the first problem; else what there is to say."""
    found = list(done)
    refused = [each for each in found if each.is_refused]
    if refused:
        lines = _PERMISSIONS.get(forge, {})
        needed = _strongest(list(dict.fromkeys(line for each in refused for line in lines.get(each.step, ()))))
        listed = " and ".join(filter(None, (", ".join(needed[:-1]), *needed[-1:])))
        words = _ADD[forge].format(listed) if needed else "let the token do it"
        return f"Missing permission for {', '.join(each.step for each in refused)}: {words}."
    problems = [each.problem for each in found if each.problem]
    return problems[0] if problems else otherwise


def _strongest(needed: Sequence[str]) -> list[str]:
    """Who may write may read."""
    return [line for line in needed if not (line.endswith("read`") and line.replace("read`", "write`") in needed)]


def cost_per_accepted(groups: Sequence[Group]) -> float | None:
    """Of all models together in the report's first basis, in USD; None where it may not be shown."""
    own = [group for group in groups if group.sums.basis == groups[0].sums.basis]
    if not own or any(group.hidden for group in own):
        return None
    return estimate(sum((group.base for group in own), Sums(0, 0, 0, 0.0, 0))).point
