"""What `ledger report` can be told by and judged on, in the words of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.domain.gates import Condition

_WHO = ("model", "family", "agent", "provider", "line-up")
_PARTS = ("task", "area", "stakes", "package", "repository", "month", "role", "author")
_INSIDE = {"task": "task_type", "line-up": "lineup"}
"""Words of the command line → those that the ledger has for them."""


class By(click.ParamType[str]):
    """Who stands for a row, or what tells its changes apart; the word as it is known inside."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The key; a usage error for another one."""
        word = _INSIDE.get(str(value), str(value))
        kind, _, key = word.partition(":")
        known = {_INSIDE.get(each, each) for each in (*_WHO, *_PARTS)}
        if word not in known and not (kind == "label" and key.replace("_", "a").isalnum()):
            words = ", ".join((*_WHO, *_PARTS))
            self.fail(f"{value!r} is none of {words} and no label such as label:team.", param, ctx)
        return word


class FailIf(click.ParamType["Condition"]):
    """A condition on a figure of the report."""

    name = "condition"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Condition:
        """The condition; a usage error in words for what cannot be read."""
        from ledger.domain.gates import BadCondition, parse

        try:
            return parse(str(value))
        except BadCondition as error:
            self.fail(str(error), param, ctx)


def rows_by(by: tuple[str, ...]) -> tuple[str, str]:
    """(who stands for a row, what tells its changes apart); raises LedgerError for two of a kind."""
    inside = {_INSIDE.get(word, word) for word in _WHO}
    who, parts = [key for key in by if key in inside], [key for key in by if key not in inside]
    if len(who) > 1 or len(parts) > 1:
        first, second = (who if len(who) > 1 else parts)[:2]
        raise LedgerError(f"A report is told by {first} or by {second}, not by both: leave one --by out.")
    return (who or ["model"])[0], (parts or ["task_type"])[0]
