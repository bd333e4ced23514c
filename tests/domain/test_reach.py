"""How many commits each head leads to: as many as a walk from it meets, in any graph."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.reach import sizes
from tests.domain.building import commit, history, target


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[str, str]]:
    """(commit, parents) of a history; a parent may be unknown, as in a shallow clone."""
    made = [("c0", "")]
    for number in range(1, draw(st.integers(1, 14))):
        known = [oid for oid, _ in made]
        parents = draw(st.lists(st.sampled_from([*known, known[-1], "gone"]), max_size=3, unique=True))
        made.append((f"c{number}", " ".join(parents)))
    return made


@settings(max_examples=300)
@given(graphs(), st.data())
def test_it_is_as_many_as_a_walk_meets(graph: list[tuple[str, str]], data: st.DataObject) -> None:
    known = [oid for oid, _ in graph]
    end = data.draw(st.sampled_from(known))
    facts = history(*(commit(oid, parents, at) for at, (oid, parents) in enumerate(graph)), tips=[target(end)])
    heads = data.draw(st.lists(st.sampled_from(known), unique=True))
    wanted = {head: len(list(facts.walk([head], facts.trunk))) for head in heads if head not in facts.trunk}
    assert sizes(facts, heads) == wanted


def test_a_line_is_gone_through_once_for_all_heads_on_it() -> None:
    count = 400
    rows = [commit("root")]
    for at in range(count):
        below = f"m{at - 1}" if at else "root"
        rows += [commit(f"f{at}", below, at + 1), commit(f"m{at}", f"{below} f{at}", at + 1.5)]
    facts = history(*rows, tips=[target("root")])
    looked: list[str] = []

    class Counting(dict[str, object]):
        def __getitem__(self, oid: str) -> object:
            looked.append(oid)
            return super().__getitem__(oid)

    object.__setattr__(facts, "commits", Counting(facts.commits))
    found = sizes(facts, [f"{kind}{at}" for kind in "fm" for at in range(count)])
    assert (found["f399"], found["m399"]) == (799, 800)
    assert count < len(looked) < 30 * count


def test_parents_in_a_circle_end() -> None:
    facts = history(commit("root"), commit("a", "b"), commit("b", "a"), commit("c", "a"), tips=[target("root")])
    assert sizes(facts, ["a", "b", "c"]) == {"a": 2, "b": 2, "c": 3}
