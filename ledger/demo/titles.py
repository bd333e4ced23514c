"""What the demo's changes are called and which file each touches."""

from __future__ import annotations

PARTS = (
    "shelf", "loans", "catalogue", "search", "members", "fines", "labels", "imports", "exports", "holds",
    "stocktake", "reminders", "covers", "ratings", "branches", "reports", "permissions",
    "sessions", "barcodes", "queue",
)  # fmt: skip

_DEEDS = {
    "feat": (
        "let {part} be filtered by date", "show totals for {part}", "add a bulk action to {part}",
        "remember the last view of {part}", "let {part} be sorted by two columns", "add a keyboard shortcut for {part}",
    ),
    "fix": (
        "empty list crashes {part}", "{part} counts the last row twice", "time zone shifts dates in {part}",
        "{part} loses its order after an update", "wrong plural in {part}", "{part} ignores the page size",
    ),
    "docs": (
        "explain how {part} work together", "describe the settings of {part}", "add an example for {part}",
        "say what happens to {part} on restore",
    ),
}  # fmt: skip

FILES = 40
"""Files of each kind: more than changes are ever open at a time, so that no two of them meet in one file."""


def title(kind: str, index: int) -> str:
    """The title without its prefix."""
    deeds = _DEEDS[kind]
    return deeds[index % len(deeds)].format(part=PARTS[index % len(PARTS)])


def branch(kind: str, index: int, number: int) -> str:
    """A branch name that no other change has."""
    return f"{kind}/{PARTS[index % len(PARTS)]}-{number}"


def path(kind: str, index: int) -> str:
    """The file that a change works in."""
    place = index % FILES
    return f"docs/page_{place:02}.md" if kind == "docs" else f"src/library/part_{place:02}.py"


def files() -> list[str]:
    """Every file that any change works in."""
    return sorted({path(kind, index) for kind in ("feat", "docs") for index in range(FILES)})
