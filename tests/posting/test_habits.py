"""What somebody took back tells of no habit."""

from __future__ import annotations

from ledger.domain.practice import ASIDE, labels, review, rewrites
from ledger.domain.retractions import Withdrawn
from ledger.entries import fact_id
from ledger.posting.habits import still_said
from tests.domain.building import commit, edge
from tests.domain.working import request, reviewed, worked


def test_withdrawn_facts_are_left_out_and_others_stay() -> None:
    gone, event, described = edge("x", "a"), reviewed(12), request(labels=("bug",))
    row = worked(commit("a"), rewrites=[gone, edge("y", "a")], events=[event], request=described)
    (same,) = still_said(iter([row]), Withdrawn())
    assert (rewrites(same), review(same), labels(same)) == (2, 2, 1)
    (less,) = still_said(iter([row]), Withdrawn(ids=frozenset({fact_id(gone), fact_id(event), fact_id(described)})))
    assert (rewrites(less), review(less), labels(less)) == (1, ASIDE, None)
