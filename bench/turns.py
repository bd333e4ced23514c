"""Works that take turns, so that a busy moment of the machine hits all of them alike."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence


def take_turns(
    rounds: int, works: Sequence[Callable[[], object]], after: Callable[[int], object] = lambda _: None
) -> list[list[float]]:
    """The seconds that each work took in each round, in an order drawn anew for every round.

    A first round does not count: it fills caches, and compiles what was never run. `after` is told the place of the
    work that just ended, and what it does is not timed.
    """
    times: list[list[float]] = [[] for _ in works]
    order = list(range(len(works)))
    for turn in range(rounds + 1):
        random.SystemRandom().shuffle(order)
        for place in order:
            start = time.perf_counter()
            works[place]()
            took = time.perf_counter() - start
            after(place)
            if turn:
                times[place].append(took)
    return times
