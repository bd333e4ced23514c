"""What a call costs, by whoever made it: the price that people see, and choose models by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ledger.domain.models import parse_model


def per_call(made: Iterable[tuple[str, int, int]], whom: str) -> dict[str | None, float]:
    """USD per call of whoever made them: of (model as written or agent, calls of known cost, nano-USD) each.

    `whom` is model or agent. A model is one under all the names it is written by; who made no call of known cost is
    left out.
    """
    calls, nusd = Counter[str | None](), Counter[str | None]()
    for name, count, cost in made:
        who = (parse_model(name).name if whom == "model" else name) or None
        calls[who] += count
        nusd[who] += cost
    return {who: nusd[who] / count / 1e9 for who, count in calls.items() if count > 0}
