"""By what changes are told apart and chosen: expressions over judged change `j`, one text for every engine."""

from __future__ import annotations

from typing import Any

from ledger.domain.path_rules import UNKNOWN
from ledger.store.fragments import REPOSITORIES

LINEUP = "CASE WHEN j.lineup = '' THEN NULL ELSE j.lineup END"

WHO = {
    "model": "j.lead_model",
    "family": "j.lead_family",
    "agent": "j.lead_agent",
    "provider": "j.lead_provider",
    "lineup": LINEUP,
}
"""Who a change is told under; NULL where nobody is known."""

PARTS = {
    "task_type": "j.task_type",
    **{name: f"CASE WHEN j.{name} = '' THEN '{UNKNOWN}' ELSE j.{name} END" for name in ("area", "stakes", "package")},
    "repository": "r.name",
    "month": "SUBSTR(CAST(j.opened_at AS VARCHAR(30)), 1, 7)",
    "author": "COALESCE(a.author, '')",
}
"""What tells the rows of one model apart."""

_JOINED = {
    "repository": f"JOIN {REPOSITORIES} r ON r.id = j.repository_id",
    "author": """LEFT JOIN (SELECT m.change_id AS change_id,
        CASE WHEN MIN(g.author) = MAX(g.author) THEN MIN(g.author) ELSE 'several' END AS author
      FROM change_commit m JOIN git_commit g ON g.oid = m.oid
      WHERE CASE WHEN m.is_head THEN 1 ELSE 0 END = 1 GROUP BY m.change_id) a ON a.change_id = j.id""",
}
"""What an expression of PARTS needs beside the changes: of a change's authors, that of all that it landed with."""
_LABEL = "LEFT JOIN repository_label l ON l.repository_id = j.repository_id AND l.label = :label"

CHARGED = {"model": "h.model", "agent": "h.agent"}
"""Who a charge `h` names itself: so what reached no change can be told of them."""


def part_of(by: str) -> tuple[str, str, dict[str, str]]:
    """(the part's expression, what it is joined with, bound values) of a key of PARTS or label:KEY."""
    if by in PARTS:
        return PARTS[by], _JOINED.get(by, ""), {}
    return "COALESCE(l.text, '')", _LABEL, {"label": by.removeprefix("label:")}


def chosen(only: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[list[str], dict[str, Any]]:
    """(conditions on `j`, bound values) for dimensions and the names wanted of each; '' is wanted of nobody known."""
    tests: list[str] = []
    values: dict[str, Any] = {}
    for number, (dimension, names) in enumerate(only):
        keys = {f"name_{number}_{place}": name for place, name in enumerate(names)}
        expression = WHO.get(dimension) or PARTS[dimension]
        tests.append(f"COALESCE({expression}, '') IN ({', '.join(f':{key}' for key in keys)})")
        values |= keys
    return tests, values
