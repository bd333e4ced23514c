"""Whatever the policy and whatever the change: what holds of every check (ledger.domain.policy_rules, policed)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.conclusions import Review
from ledger.domain.facts import Contribution
from ledger.domain.policed import Books, Policed, PolicedCommit
from ledger.domain.policy import (
    ANY,
    RULES,
    Band,
    CostRule,
    PathRule,
    Policy,
    ReviewRule,
    RoleRule,
    SizeRule,
    SourceRule,
    TrailerRule,
)
from ledger.domain.policy_rules import check
from tests.domain.policing import GPT, HAIKU, OPUS, SONNET, books, claim, made, policed, review, spend

LEVELS = st.sampled_from(["warn", "fail"])
PATHS = st.sampled_from(
    (
        *("src/a.py", "src/auth/token.py", "tests/test_a.py", "README.md", "billing/pay.go", "go.sum", "logo.png"),
        *(".github/workflows/ci.yml", "src/auth/README.md", "a\nb.py", "\x1b[2J.py", "migrations/0001.sql"),
    )
)
PATTERNS = st.sampled_from([("src/",), ("*.md", "!README.md"), ("tests/",), ("*",)])
MODELS = st.sampled_from([OPUS, SONNET, HAIKU, GPT, "house-model", None])
ROLES = st.sampled_from(["implement", "review", "scout", ""])
EVIDENCE = st.sampled_from(["trailer", "coauthor", "tag", "journal"])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any rules, at any level."""
    level = draw(LEVELS)
    bounds = st.none() | st.integers(0, 10**11)
    roles = tuple({"claude-haiku": ("scout",), "gpt*": (), "*": ("implement", "review")}.items())
    rules = {
        "roles": RoleRule(level, roles[draw(st.integers(0, 2)) :]),
        "review": ReviewRule(draw(LEVELS)),
        "trailers": TrailerRule(level, ("Ledger-Task", "Signed-off-by"), draw(st.sampled_from(["models", "all"]))),
        "cost": CostRule(draw(LEVELS), ((ANY, Band(draw(bounds), draw(bounds))),)),
        "size": SizeRule(level, draw(st.none() | st.integers(1, 4)), draw(st.none() | st.integers(1, 90)), ("go.sum",)),
        "tests": SourceRule(level, draw(st.none() | PATTERNS), draw(st.none() | PATTERNS), ("docs",)),
        "paths": (PathRule(draw(LEVELS), draw(PATTERNS), draw(PATTERNS), draw(st.sampled_from(["", "so"]))),),
    }
    return Policy(**{name: rules[name] for name in draw(st.sets(st.sampled_from(RULES)))})  # type: ignore[arg-type]


@st.composite
def changes(draw: st.DrawFn) -> Policed:
    """Commits in any shape, by any models, with or without a ledger that knows some of them."""
    commits: list[PolicedCommit] = []
    for number in range(draw(st.integers(1, 6))):
        above = [commit.oid for commit in commits] or ["base"]
        parents = draw(st.lists(st.sampled_from(above), min_size=1, max_size=2, unique=True))
        claims: list[Contribution] = [
            claim(draw(MODELS), draw(ROLES), evidence=draw(EVIDENCE)) for _ in range(draw(st.integers(0, 2)))
        ]
        files = draw(st.lists(st.tuples(st.integers(0, 99), PATHS), max_size=3)) if len(parents) < 2 else []
        has = draw(st.sets(st.sampled_from(["ledger-task", "signed-off-by"])))
        commits.append(made(f"{number:040x}", *claims, parents=" ".join(parents), files=files, trailers=sorted(has)))
    return policed(*commits, books=draw(st.none() | ledgers(commits)), task_type=draw(st.sampled_from(["fix", "docs"])))


@st.composite
def ledgers(draw: st.DrawFn, commits: list[PolicedCommit]) -> Books:
    """What a ledger may know of the change."""
    known = draw(st.sets(st.sampled_from([commit.oid for commit in commits])))
    flags = st.sampled_from([True, False, None])
    told: list[Review] = [
        review(draw(MODELS) or "", after=draw(flags), before=draw(flags)) for _ in range(draw(st.integers(0, 2)))
    ]
    spends = [spend(draw(MODELS) or "", draw(ROLES)) for _ in range(draw(st.integers(0, 2)))]
    return books(*sorted(known), reviews=told, spends=spends)


@settings(max_examples=80, deadline=None)
@given(policies(), changes())
def test_every_finding_is_complete_and_of_a_rule_that_is_on(policy: Policy, found: Policed) -> None:
    findings = check(policy, found)
    oids = {commit.oid: commit.subject for commit in found.work}
    for each in findings:
        assert each.rule in policy.rules
        assert each.level in ("fail", "warn", "unknown")
        assert each.reason.endswith(".")
        assert each.remedy.endswith(".")
        assert (each.reason + each.remedy).isprintable()
        assert each.subject == oids.get(each.commit, "")
        assert not each.commit or each.commit in oids, "no merge is named"
    ranks = [("fail", "warn", "unknown").index(each.level) for each in findings]
    assert ranks == sorted(ranks)
    assert len([each for each in findings if each.rule == "review"]) <= 1
    assert len([each for each in findings if each.rule == "tests"]) <= 1


@settings(max_examples=30, deadline=None)
@given(policies(), changes())
def test_a_rule_finds_the_same_whatever_the_others_are(policy: Policy, found: Policed) -> None:
    alone = [each for name in policy.rules for each in check(Policy(**{name: getattr(policy, name)}), found)]
    assert sorted(map(repr, check(policy, found))) == sorted(map(repr, alone))


@settings(max_examples=30, deadline=None)
@given(policies(), changes())
def test_without_failing_rules_nothing_fails_and_the_same_is_found(policy: Policy, found: Policed) -> None:
    """A level changes what a breach is called, not what is one, nor what is unknown."""
    mild = Policy(
        **{  # type: ignore[arg-type]
            name: tuple(replace(rule, level="warn") for rule in policy.paths)
            if name == "paths"
            else replace(getattr(policy, name), level="warn")
            for name in policy.rules
        }
    )
    findings = check(mild, found)
    assert "fail" not in {each.level for each in findings}

    def told(rows: tuple[object, ...]) -> list[str]:
        return sorted(repr(row).replace("'fail'", "'warn'") for row in rows)

    assert told(findings) == told(check(policy, found))


@settings(max_examples=30, deadline=None)
@given(changes())
def test_a_final_review_by_a_provider_of_its_own_leaves_nothing_that_fails(found: Policed) -> None:
    """Whatever came before: an empty commit after all with a reviewer whom nobody shares a provider with."""
    reviewer = claim("grok-4", "review")
    last = made("f" * 40, reviewer, parents=found.commits[0].oid, files=())
    whole = replace(found, commits=[last, *found.commits])
    if {commit.oid for commit in found.implementing} <= whole.seen_at(last.oid):
        assert "fail" not in {each.level for each in check(Policy(review=ReviewRule("fail")), whole)}


@settings(max_examples=30, deadline=None)
@given(changes())
def test_without_a_ledger_a_cost_is_never_a_breach(found: Policed) -> None:
    policy = Policy(cost=CostRule("fail", ((ANY, Band(0, 0)),)))
    assert [each.level for each in check(policy, replace(found, books=None))] == ["unknown"]
