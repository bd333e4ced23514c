"""Areas, stakes and packages: what the rules say of a commit, and what a change touched."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.areas import Ground, by_rules, ground, in_force, sorter
from ledger.domain.conclude import conclude
from ledger.domain.conclusions import Change
from ledger.domain.facts import RepositoryRules
from ledger.domain.git_facts import CommitArea
from ledger.domain.history import History
from ledger.domain.path_rules import KNOWN_AREAS, Area, PathRules
from tests.domain.building import at, commit, credit, diff, history, request, target

RULES = PathRules(
    (Area("auth", ("auth", "!tests"), "high"), Area("web", ("web/", "auth/web"), "normal")), ("packages/*", "none")
)


def area(
    oid: str, *areas: tuple[str, int, str], rules: str = "r1", packages: tuple[tuple[str, int], ...] = ()
) -> CommitArea:
    return CommitArea(oid=oid, rules=rules, areas=areas, packages=packages)


def rules(
    digest: str, clone: str = "c", hours: float = 0, *, configured: bool = True, **labels: str
) -> RepositoryRules:
    return RepositoryRules(
        repository_id="R",
        clone_id=clone,
        rules=digest,
        labels=tuple(sorted(labels.items())),
        is_configured=configured,
        at=at(hours),
    )


def test_a_commit_s_lines_are_counted_in_every_area_and_package() -> None:
    files = [(3, "auth/a.py"), (5, "auth/web/b.py"), (7, "tests/auth/c.py"), (1, "packages/x/auth/d.py"), (9, "e.py")]
    found = sorter(RULES)("o", files)
    assert found.areas == (("auth", 9, "high"), ("web", 5, "normal"))
    assert found.packages == (("packages/x", 1),)
    assert (found.oid, found.rules) == ("o", RULES.digest)


def test_a_file_without_lines_is_touched_all_the_same() -> None:
    assert sorter(RULES)("o", [(0, "web/logo.png")]).areas == (("web", 0, "normal"),)
    assert sorter(RULES)("o", []).areas == ()


def test_a_package_s_name_is_text_and_no_word_of_ours() -> None:
    sort = sorter(PathRules((), ("*",)))
    assert sort("o", [(1, "none/a"), (1, "p\udc80/a")]).packages == (("./none", 1), ("p�", 1))


def test_the_digest_tells_rules_apart_and_nothing_else() -> None:
    same = PathRules(tuple(replace(area) for area in RULES.areas), tuple(RULES.packages))
    assert same.digest == RULES.digest
    others = [
        PathRules(RULES.areas[:1], RULES.packages),
        PathRules(RULES.areas, ()),
        PathRules((replace(RULES.areas[0], stakes="normal"), RULES.areas[1]), RULES.packages),
        PathRules((replace(RULES.areas[0], patterns=("auth",)), RULES.areas[1]), RULES.packages),
    ]
    assert len({RULES.digest, *(each.digest for each in others)}) == 5


def test_the_area_is_the_one_with_the_most_lines_and_any_can_raise_the_stakes() -> None:
    one = area("a", ("auth", 2, "high"), ("web", 5, "normal"), packages=(("apps/x", 4),))
    two = area("b", ("ci", 9, "normal"), packages=(("apps/x", 1), ("apps/y", 4)))
    assert ground([one, two], is_whole=True) == Ground(
        area="ci",
        areas="ci + web + auth",
        stakes="high",
        stakes_by="auth",
        package="apps/x",
        packages="apps/x + apps/y",
    )


def test_of_equally_many_lines_the_higher_stakes_come_first_then_the_name() -> None:
    row = area("a", ("auth", 5, "normal"), ("web", 5, "high"), ("x", 5, "normal"))
    assert ground([row], is_whole=True).areas == "web + auth + x"


def test_nothing_touched_is_none_and_normal() -> None:
    assert ground([area("a")], is_whole=True) == Ground("none", "", "normal", "", "none", "")


def test_what_is_not_known_is_not_normal_but_high_is_high() -> None:
    assert ground([], is_whole=True) == ground([], is_whole=False) == Ground("", "", "", "", "", "")
    quiet, loud = area("a", ("web", 5, "normal")), area("a", ("auth", 1, "high"))
    assert ground([quiet], is_whole=False) == Ground("", "web", "", "", "", "")
    assert ground([loud], is_whole=False) == Ground("", "auth", "high", "auth", "", "")


def test_the_rules_that_a_clone_changed_to_last_hold() -> None:
    first, second = rules("r1", "c1", 1), rules("r2", "c2", 2)
    assert in_force([]) is None
    assert in_force([first, second]) == in_force([second, first]) == second
    assert in_force([second, rules("r3", "c1", 3)]) == rules("r3", "c1", 3)


def test_a_clone_without_the_file_changes_nothing_for_the_others() -> None:
    assert in_force([rules("r1", "c1", 1), rules("r0", "c2", 9, configured=False)]) == rules("r1", "c1", 1)


def test_a_commit_that_could_not_be_read_again_keeps_what_older_rules_said() -> None:
    held = [rules("r2", "c2", 1), rules("r1", "c1", 2)]
    rows = [
        area("a", rules="r1"),
        area("a", rules="r2"),
        area("b", rules="r2"),
        area("b", rules="r9"),
        area("c", rules="r9"),
    ]
    for order in permutations(rows):
        found = by_rules(order, held[::-1])
        assert {oid: row.rules for oid, row in found.items()} == {"a": "r1", "b": "r2", "c": "r9"}


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["r1", "r2", "r3"]), st.integers(0, 9))), st.randoms()
)
def test_the_order_of_facts_does_not_matter(drawn: list[tuple[str, str, int]], chance: random.Random) -> None:
    rows = [area(oid, ("x", lines, "high"), rules=digest) for oid, digest, lines in drawn]
    held = [rules("r1", "c1", 5), rules("r2", "c2", 5), rules("r3", "c3", 9, configured=False)]
    assert by_rules(rows, held) == by_rules(chance.sample(rows, len(rows)), chance.sample(held, 3))


def concluded(facts: History) -> Change:
    (change,) = (change for change in conclude(facts).change if change.number == 7)
    return change


def merged(**more: object) -> History:
    """A request of two commits, merged."""
    return history(
        commit("a"),
        commit("x", "a", 1, "x"),
        commit("y", "x", 2, "y"),
        commit("m", "a y", 5, number=7),
        tips=[target("m")],
        requests=[request(7, head="y", merged=5, title="x")],
        contributions=[credit("x")],
        **more,
    )


def test_a_change_s_area_is_drawn_from_all_of_its_commits() -> None:
    rows = [area("x", ("web", 4, "normal")), area("y", ("auth", 1, "high"), packages=(("apps/x", 1),))]
    change = concluded(merged(commit_areas=rows, rules=[rules("r1")]))
    assert (change.area, change.areas, change.stakes, change.stakes_by) == ("web", "web + auth", "high", "auth")
    assert (change.package, change.packages) == ("apps/x", "apps/x")


def test_one_commit_that_was_not_read_leaves_it_unknown() -> None:
    change = concluded(merged(commit_areas=[area("x", ("web", 4, "normal"))], rules=[rules("r1")]))
    assert (change.area, change.areas, change.stakes, change.package) == ("", "web", "", "")


def test_a_request_of_which_commits_are_missing_is_unknown_too() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        tips=[target("a")],
        requests=[replace(request(7, head="x", closed=9), commits=("x", "gone"))],
        contributions=[credit("x")],
        commit_areas=[area("x", ("web", 4, "normal"))],
        diffs=[diff("x")],
    )
    assert (concluded(facts).area, concluded(facts).stakes, concluded(facts).added) == ("", "", None)
    whole = replace(facts, requests=(replace(facts.requests[0], commits=("x",)),))
    assert (concluded(whole).area, concluded(whole).stakes, concluded(whole).added) == ("web", "normal", 10)


def test_a_squash_is_counted_once_and_speaks_for_its_sources() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("s", "a", 5, number=7),
        tips=[target("s")],
        requests=[request(7, head="x", merged=5)],
        contributions=[credit("x")],
        commit_areas=[area("x", ("auth", 9, "high")), area("s", ("web", 4, "normal"))],
    )
    assert (concluded(facts).areas, concluded(facts).stakes) == ("web", "normal")


def test_a_change_that_git_knows_nothing_of_is_unknown() -> None:
    facts = history(
        commit("a"), tips=[target("a")], requests=[request(7, closed=9)], contributions=[credit("request:7")]
    )
    assert (concluded(facts).area, concluded(facts).stakes, concluded(facts).package) == ("", "", "")


@pytest.mark.parametrize(
    ("path", "areas"),
    [
        ("src/auth/session.py", {"auth"}),
        ("lib/user_auth.rb", {"auth"}),
        ("app/OAuth2Client.java", {"auth"}),
        ("src/author.py", set()),
        ("docs/auth/login.md", set()),
        ("tests/auth/test_login.py", set()),
        ("src/login.spec.ts", set()),
        ("services/billing/invoice.go", {"payments"}),
        ("app/payments_controller.rb", {"payments"}),
        ("shop/migrations/0002_add.py", {"migrations"}),
        ("db/schema.rb", {"migrations"}),
        ("src/db/V12__orders.sql", {"migrations"}),
        (".github/workflows/ci.yml", {"infrastructure"}),
        (".github/CODEOWNERS", set()),
        ("web/Dockerfile", {"infrastructure"}),
        ("infra/net/main.tf", {"infrastructure"}),
        ("deploy/k8s/app.yaml", {"infrastructure"}),
        ("api/openapi.yaml", {"interfaces"}),
        ("proto/order.proto", {"interfaces"}),
        ("schema.graphql", {"interfaces"}),
        ("include/lib/a.h", {"interfaces"}),
        ("src/a.h", set()),
        ("src/crypto/aes.c", {"secrets"}),
        (".env", {"secrets"}),
        (".env.example", set()),
        ("config/tls.pem", {"secrets"}),
        ("src/app.py", set()),
        ("README.md", set()),
    ],
)
def test_the_usual_names_are_known(path: str, areas: set[str]) -> None:
    assert {name for name, _, _ in sorter(PathRules())("o", [(1, path)]).areas} == areas


def test_mistakes_in_what_costs_money_data_or_trust_have_high_stakes() -> None:
    stakes = {area.name: area.stakes for area in KNOWN_AREAS}
    assert {name for name, said in stakes.items() if said == "high"} == {"auth", "payments", "migrations", "secrets"}
    assert {name for name, said in stakes.items() if said == "normal"} == {"infrastructure", "interfaces"}
