"""The rules of a policy, each a function from a change to what it finds; what it cannot judge is found as unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ledger.domain.conclusions import Change
from ledger.domain.models import parse_model
from ledger.domain.money import shown, usd
from ledger.domain.paths import kind_of
from ledger.domain.patterns import matcher
from ledger.domain.policed import File, Finding, Policed, PolicedCommit
from ledger.domain.policy import (
    FAIL,
    OF_ALL,
    RULES,
    UNKNOWN,
    WARN,
    Band,
    CostRule,
    PathRule,
    Policy,
    RoleRule,
    SizeRule,
    SourceRule,
    TrailerRule,
)
from ledger.domain.policy_reviews import check_review
from ledger.domain.screen import counted, plain

_LEVELS = (FAIL, WARN, UNKNOWN)
_DOES = {"implement": "implements", "review": "reviews", "scout": "scouts"}
_NO_PROGRAM = matcher((".*", "*.json", "*.y*ml", "*.toml", "*.ini", "*.cfg", "*.csv", "*.svg", "*.xml", "*.html"))
"""Settings, data and hidden files, which have no tests of their own."""


def check(policy: Policy, found: Policed) -> tuple[Finding, ...]:
    """What the rules that are on find, those that fail first, the unknown last."""
    findings = [finding for name in RULES for finding in _of_rule(name, policy, found)]
    return tuple(sorted(findings, key=lambda finding: _LEVELS.index(finding.level)))


def _of_rule(name: str, policy: Policy, found: Policed) -> Iterator[Finding]:
    rules = policy.paths if name == "paths" else [getattr(policy, name)]
    for rule in rules:
        if rule:
            yield from _CHECKS[name](rule, found)


def check_roles(rule: RoleRule, found: Policed) -> Iterator[Finding]:
    """Models in roles that the policy does not give them, as commits say, and as calls that no commit tells of do."""
    told = set[tuple[str, str]]()
    nameless = Counter[str]()
    for commit in found.work:
        for row in commit.claims:
            role = row.role or "implement"
            if row.model is None:
                nameless[row.agent or "an agent"] += 1
            elif role not in rule.roles_of(row.model, row.family):
                told.add((row.model, role))
                yield _in_role(rule, row.model, role, row.family, commit)
    for spend in found.books.spends if found.books else ():
        family = parse_model(spend.model).family
        is_told = (spend.model, spend.role) in told
        if spend.model and spend.role and not is_told and spend.role not in rule.roles_of(spend.model, family):
            told.add((spend.model, spend.role))
            yield _in_role(rule, spend.model, spend.role, family, None)
    for agent, count in sorted(nameless.items()):
        says = f"{plain(agent, 60)} had a part in {counted(count, 'commit')}, but no model is named."
        yield Finding("roles", UNKNOWN, says, "Name it in a trailer, Assisted-by: AGENT:MODEL, or with ledger tag.")


def _in_role(rule: RoleRule, model: str, role: str, family: str | None, commit: PolicedCommit | None) -> Finding:
    may = ", ".join(rule.roles_of(model, family))
    where = "here" if commit else "here by its calls, which no commit says"
    says = f"{plain(model, 60)} {_DOES[role]} {where}; the policy lets it {may or 'do nothing'}."
    remedy = f"Let a model {role} that may, or allow it in policy.roles."
    return Finding("roles", rule.level, says, remedy, *_place(commit))


def check_trailers(rule: TrailerRule, found: Policed) -> Iterator[Finding]:
    """The commits that lack a required trailer."""
    for commit in found.work:
        if rule.of == OF_ALL or any(commit.of_role("implement")):
            missing = [key for key in rule.required if key.lower() not in commit.trailers]
            if missing:
                remedy = (
                    f"Add it with git commit --amend --trailer '{missing[0]}: …'; "
                    "git rebase --interactive leads to an earlier commit."
                )
                yield Finding("trailers", rule.level, f"It lacks {' and '.join(missing)}.", remedy, *_place(commit))


def check_size(rule: SizeRule, found: Policed) -> Iterator[Finding]:
    """Whether the change is larger than the policy wants it."""
    is_out = matcher(rule.without)
    files = [(lines, path) for lines, path in found.files if not is_out(path)]
    sizes = (("file", len(files), rule.files), ("line", sum(lines for lines, _ in files), rule.lines))
    for noun, size, most in sizes:
        if most is not None and size > most:
            says = f"It changes {counted(size, noun)}; the policy wants at most {most:,}."
            remedy = "Split it into changes that each stand alone; policy.size.without leaves out what is generated."
            yield Finding("size", rule.level, says, remedy)


def check_tests(rule: SourceRule, found: Policed) -> Iterator[Finding]:
    """Whether source is changed and no test is."""
    if found.task_type in rule.not_for:
        return
    source = [path for _, path in _source(rule, found.files)]
    is_test = matcher(rule.tests) if rule.tests else lambda path: kind_of(path) == "test"
    if source and not any(is_test(path) for _, path in found.files):
        more = f" and {counted(len(source) - 1, 'other file')}" if len(source) > 1 else ""
        says = f"{plain(source[0], 120)}{more} changed, and no test did."
        yield Finding("tests", rule.level, says, "Add or change the test that would fail without it.")


def _source(rule: SourceRule, files: Sequence[File]) -> Iterator[File]:
    """The files that want tests; one without a changed line is an image or a mode."""
    is_source = matcher(rule.source) if rule.source else _is_program
    return ((lines, path) for lines, path in files if lines and is_source(path))


def _is_program(path: str) -> bool:
    return kind_of(path) == "source" and not _NO_PROGRAM(path)


def check_paths(rule: PathRule, found: Policed) -> Iterator[Finding]:
    """Whether something is changed without what goes with it."""
    is_when, is_then = matcher(rule.when), matcher(rule.then)
    touched = [path for _, path in found.files if is_when(path)]
    if touched and not any(is_then(path) for _, path in found.files):
        because = f": {plain(rule.because, 200)}" if rule.because else ""
        then = " or ".join(plain(pattern, 80) for pattern in rule.then)
        says = f"{plain(touched[0], 120)} changed, and nothing in {then} did{because}."
        yield Finding("paths", rule.level, says, f"Change {then} with it.")


def check_cost(rule: CostRule, found: Policed) -> Iterator[Finding]:
    """Whether a change costs more than its band; git alone does not know."""
    if found.books is None:
        says = "What it cost is not in git, and there is no ledger here."
        yield Finding("cost", UNKNOWN, says, "Run ledger update where the agents' logs are.")
        return
    for change in found.books.changes:
        band = rule.band_of(change.task_type)
        if band and change.has_model:
            yield from _of_change(rule, band, change)
    missing = sum(commit.oid not in found.books.owners for commit in found.work)
    if missing:
        says = f"The ledger does not have {counted(missing, 'commit')} of it yet."
        yield Finding("cost", UNKNOWN, says, "Run ledger update, then this again.")


def _of_change(rule: CostRule, band: Band, change: Change) -> Iterator[Finding]:
    cost = f"{'at least ' if change.cost_known == 'partial' else ''}{shown(usd(change.nusd))}"
    bounds = ((FAIL, band.fail_nusd), (WARN, band.warn_nusd))
    beyond = next(((level, most) for level, most in bounds if most is not None and change.nusd > most), None)
    if beyond and change.cost_known != "none":
        level = beyond[0] if rule.level == FAIL else rule.level
        name = plain(change.title, 80)
        says = f"{name!r} ({change.task_type}) cost {cost}; the policy wants at most {shown(usd(beyond[1]))}."
        remedy = f"ledger show {change.number or plain(change.branch or change.id, 120)} tells what for."
        yield Finding("cost", level, says, remedy)
    elif change.cost_known != "known":
        known = "not known" if change.cost_known == "none" else f"{cost}, since not all of its calls have a price"
        yield Finding("cost", UNKNOWN, f"What it cost is {known}.", "ledger prices --unpriced lists them.")


def _place(commit: PolicedCommit | None) -> tuple[str, str]:
    return (commit.oid, commit.subject) if commit else ("", "")


_CHECKS: dict[str, Callable[..., Iterator[Finding]]] = {
    "roles": check_roles,
    "review": check_review,
    "trailers": check_trailers,
    "cost": check_cost,
    "size": check_size,
    "tests": check_tests,
    "paths": check_paths,
}
