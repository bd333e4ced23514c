"""What is uncertain about a change, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ledger.domain.conclusions import Charge
from ledger.domain.explanation import Explanation
from ledger.domain.forge_word import closed_at, last
from ledger.domain.github_requests import BRING_IN
from ledger.domain.money import known, shown
from ledger.domain.rules import AMBIGUOUS, EXACT, RULES, WEAK, is_ambiguous
from ledger.domain.screen import counted, plain
from ledger.domain.tasks import WEAK_SOURCES


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is not certain, as a sentence, and its remedy; '' where there is none."""

    what: str
    remedy: str


def doubts(explained: Explanation) -> tuple[Doubt, ...]:
    """Everything that is uncertain, what bears on the cost first."""
    return tuple(doubt for find in _FOUND for doubt in find(explained))


def _cost(explained: Explanation) -> Iterator[Doubt]:
    change = explained.change
    if change.cost_known == "none" and any(row.calls for row in explained.charges):
        yield Doubt("None of its calls has a known price: its cost is unknown, not zero.", "")
    elif change.cost_known == "none":
        yield Doubt(
            "No call is known of it: its cost is unknown, not zero.",
            "Run ledger update on the machine where it was made, before its agent deletes its logs.",
        )
    elif change.cost_known == "partial":
        silent = sorted(_silent(explained))
        whose = f" of {', '.join(plain(model, 60) for model in silent)}" if silent else ""
        yield Doubt(
            f"Its cost is a lower bound: calls{whose} are missing or have no price.",
            "Run ledger update on the machine where they were made.",
        )


def _silent(explained: Explanation) -> set[str]:
    """The models that count as named on the change and have no priced call on it."""
    paid = {row.model for row in explained.charges if row.calls > row.calls_unpriced or row.nusd}
    return {each.row.model for each in explained.weighed if each.counts and each.row.model} - paid


def _calls(explained: Explanation) -> Iterator[Doubt]:
    unpriced = sum(row.calls_unpriced for row in explained.charges)
    placeholder = sum(row.calls_placeholder for row in explained.charges)
    if unpriced:
        yield Doubt(f"{counted(unpriced, 'call')} without a known price.", "ledger prices --unpriced says why.")
    if placeholder:
        says = "has a placeholder" if placeholder == 1 else "have placeholders"
        yield Doubt(f"{counted(placeholder, 'call')} {says} for output: cost is a lower bound.", "")


def _rules(explained: Explanation) -> Iterator[Doubt]:
    for name, rule in RULES.items():
        found = [row for row in explained.charges if row.rule.removesuffix(AMBIGUOUS) == name]
        if found and rule.strength != EXACT:
            how = "a weak rule" if rule.strength == WEAK else "inference"
            yield Doubt(
                f"{_sum(found)} booked by {how}: {rule.says}.",
                "Let ledger install tie commits to their sessions; of this one say ledger tag REV --session ID.",
            )
    split = [row for row in explained.charges if is_ambiguous(row.rule)]
    if split:
        yield Doubt(
            f"{_sum(split)} is this change's share of calls that other changes have an equal claim to.",
            "Say whose they are with ledger tag REV --session ID.",
        )


def _roles(explained: Explanation) -> Iterator[Doubt]:
    inferred = [row for row in explained.charges if row.role_evidence == "inferred"]
    unknown = [row for row in explained.charges if not row.role]
    remedy = "Say it with ledger tag --session ID --role ROLE."
    if inferred:
        roles = ", ".join(sorted({row.role for row in inferred}))
        yield Doubt(f"{_sum(inferred)} in a role that is inferred from what the session did: {roles}.", remedy)
    if unknown:
        yield Doubt(f"{_sum(unknown)} in no known role.", remedy)


def _models(explained: Explanation) -> Iterator[Doubt]:
    for found in explained.contradictions:
        said = " and ".join(f"{plain(each.model or each.agent, 60)} ({each.evidence})" for each in found.said)
        where = f"{found.subjects[0][:18]}{f' and {len(found.subjects) - 1:,} more' if found.subjects[1:] else ''}"
        yield Doubt(
            f"Who did {found.role} {where} is contradicted: {said}. The surest counts.",
            "Settle it with ledger tag REV --model NAME.",
        )
    change = explained.change
    if change.lead_evidence == "charges":
        yield Doubt(
            "Which model led is inferred from what was paid: no commit of it names a model with its lines.",
            "Say it with ledger tag REV --model NAME.",
        )
    elif change.lead_evidence == "mixed":
        yield Doubt(
            "Which model led is not known: several commits were squashed, of which only some name one.",
            "Say it with ledger tag REV --model NAME.",
        )
    elif change.has_model and change.lead_model is None:
        yield Doubt("Which model led is not known.", "Say it with ledger tag REV --model NAME.")
    if any(each.counts and not (each.row.model or each.row.model_raw) for each in explained.weighed):
        yield Doubt("A contribution names its agent, but no model.", "Say it with ledger tag REV --model NAME.")


def _outcome(explained: Explanation) -> Iterator[Doubt]:
    change = explained.change
    if change.basis == "request" and not change.is_forge_known:
        yield Doubt(
            "The forge was not heard about its request: known is only that it landed.",
            f"Bring requests in: {BRING_IN}.",
        )
    yield from _forge_against_git(explained)
    yield from _partly_reverted(explained)
    if explained.outcome == "unknown":
        yield Doubt("Git alone cannot tell what became of it.", f"Bring requests in: {BRING_IN}.")
    if explained.outcome == "accepted" and change.is_verified is None:
        yield Doubt("No test run is known on what landed, so it is neither verified nor not.", "")
    if explained.outcome == "accepted" and change.durable_at and change.durable_at > explained.as_of:
        yield Doubt(f"It is too young to be called durable before {change.durable_at:%Y-%m-%d}.", "")
    if change.type_source in WEAK_SOURCES:
        yield Doubt(
            f"Its task type is inferred by a weak rule ({change.type_source}).",
            "Say it with ledger tag REV --task TYPE.",
        )


def _partly_reverted(explained: Explanation) -> Iterator[Doubt]:
    """Where reverts name some of a change's commits and the change stands."""
    change, known = explained.change, {commit.oid for _, commit in explained.commits if commit}
    named = {oid for oid in known for revert in explained.reverts if oid.startswith(revert.reverts)}
    work = {
        oid
        for row, commit in explained.commits
        if commit and row.is_head and len(commit.parents) < 2
        for oid in [row.oid]
    }
    if (
        change.state == "landed"
        and change.reverted_at is None
        and named
        and named < work
        and change.landed_oid not in named
    ):
        yield Doubt(
            f"Reverts name {len(named)} of its {counted(len(work), 'commit')}: a part is no revert of the change.", ""
        )


def _forge_against_git(explained: Explanation) -> Iterator[Doubt]:
    """Where the forge says one thing of the request and what stands on the target another."""
    change, request = explained.change, explained.request
    if request is None:
        return
    closed = None if last(explained.events, "merged") else closed_at(request, explained.events)
    if change.state == "landed" and closed and not request.merged_at:
        yield Doubt(
            f"The forge says that its request was closed unmerged on {closed:%Y-%m-%d}; its commits stand on the "
            "target branch all the same, so it counts as landed.",
            "",
        )
    elif change.state != "landed" and explained.named:
        oid = explained.named[-1].oid[:10]
        said = "was closed unmerged" if change.state == "closed" else "is not merged"
        yield Doubt(
            f"The commit {oid} names its request, but the forge says that it {said}, and none of its work is known to "
            "be in that commit: a message is text, so the forge's word counts.",
            "If it was landed by hand, fetch the request's head (git fetch origin refs/pull/NUMBER/head:kept) and run "
            "ledger update.",
        )


def _commits(explained: Explanation) -> Iterator[Doubt]:
    lost = sum(commit is None for _, commit in explained.commits)
    if lost:
        yield Doubt(
            f"{counted(lost, 'commit')} of it {'was' if lost == 1 else 'were'} rewritten away before being read: who "
            "took part in them is not known.",
            "",
        )


def _sum(rows: Iterable[Charge]) -> str:
    """Cost and calls of the rows."""
    found = list(rows)
    nusd, calls, unpriced = (sum(getattr(row, name) for row in found) for name in ("nusd", "calls", "calls_unpriced"))
    cost = known(nusd, calls, unpriced)
    return counted(calls, "call") if cost is None else f"{shown(cost)} ({counted(calls, 'call')})"


_FOUND: tuple[Callable[[Explanation], Iterator[Doubt]], ...] = (
    _cost,
    _calls,
    _rules,
    _roles,
    _models,
    _outcome,
    _commits,
)
