"""One change with all that bears on it, from which its conclusion is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ledger.domain import standing
from ledger.domain.agents import is_service_author, plain_agent
from ledger.domain.areas import Ground, ground
from ledger.domain.attempts import WORK, Attempts, Made, attempts, stale_failures
from ledger.domain.branches import by_branch
from ledger.domain.changes import Identity
from ledger.domain.charges import Booked
from ledger.domain.conclusions import Attempt, Change, ChangeBefore, ChangeSpend, Review
from ledger.domain.evidence import counted, of_change
from ledger.domain.facts import Contribution, Tag
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.git_facts import CommitDiff
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.lead import Lead, Spend, lead
from ledger.domain.outcomes import Fate, days_between, fate, verdict
from ledger.domain.reversals import Turn
from ledger.domain.reviews import Course, reviews, when
from ledger.domain.session_facts import Call
from ledger.domain.tagging import TASK, said
from ledger.domain.tasks import known_type, task_type
from ledger.domain.works import Works


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was said about changes, by change id."""

    contributions: Mapping[str, list[Contribution]]
    runs: Mapping[str, list[Run]]
    events: Mapping[str, list[Event]]
    requests: Mapping[int, Request]
    works: Works
    tasks: Mapping[str, list[Tag]]
    """What people said of commits' and requests' task types, by the subject."""


def gather(history: History, identities: Sequence[Identity]) -> Evidence:
    """The evidence, sorted by the change it is about; what is about none stands under ''."""
    owner = {oid: change.id for change in identities for oid in (*change.commits, *change.former)}
    owner.update({f"request:{change.number}": change.id for change in identities if change.number is not None})

    def change_of_run(run: Run) -> str:
        return owner.get(run.oid) or owner.get(f"request:{run.request_number}", "")

    return Evidence(
        contributions=_credited(history, identities, owner),
        runs=group((run for run in history.runs if not run.is_dirty), change_of_run),
        events=group(history.events, lambda event: owner.get(event.subject, "")),
        requests={request.number: request for request in history.requests},
        works=Works.of(history),
        tasks=group((tag for tag in history.tags if tag.name == TASK), lambda tag: tag.subject),
    )


def _credited(
    history: History, identities: Sequence[Identity], owner: Mapping[str, str]
) -> dict[str, list[Contribution]]:
    """Contributions by change, those that count: they follow a commit into its copies, once for each change."""
    found: dict[str, list[Contribution]] = {}
    for row in counted(history.contributions):
        met, stack = {row.subject}, [row.subject]
        while stack:
            new = [oid for oid in history.copies.get(stack.pop(), ()) if oid not in met]
            met.update(new)
            stack.extend(new)
        for change in {owner.get(row.subject, ""), *(owner[oid] for oid in met if oid in owner)}:
            found.setdefault(change, []).append(row)
    for identity in identities:
        rows = by_branch(of_change(found.get(identity.id, ())), identity, history.repository_id)
        if rows:
            found[identity.id] = rows
    return found


class Life:
    """A change's commits, contributions, calls, runs and events."""

    def __init__(self, history: History, identity: Identity, evidence: Evidence, parts: Sequence[Booked]) -> None:
        self.id = identity.id
        self._history, self._identity, self._parts = history, identity, parts
        self._contributions = evidence.contributions.get(identity.id, [])
        self._request = evidence.requests.get(identity.number) if identity.number is not None else None
        self._events = evidence.events.get(identity.id, [])
        self._works, self._tasks = evidence.works, evidence.tasks
        runs = evidence.runs.get(identity.id, [])
        self._runs = runs
        self._verdict = verdict(runs, self._landed_heads)
        self._leader = self._lead()
        self._fate = fate(identity, history, self._request, self._events)
        self.attempts = self._divide(runs)
        self.reviews = self._review()

    @property
    def is_plain(self) -> bool:
        """A direct commit on trunk that no model had a part in."""
        return self._identity.basis == "trunk" and not self._contributions and not self._parts

    @property
    def is_service(self) -> bool:
        """All of its commits were made by service bots, who are neither people nor models."""
        commits = self._history.commits
        authors = [commits[oid].author for oid in self._identity.commits if oid in commits]
        return bool(authors) and all(map(is_service_author, authors))

    def change(self, reverted_at: datetime | None, spends: Sequence[ChangeSpend]) -> Change | None:
        """The conclusion; None for a change that nothing dates."""
        return self._conclude(self._fate, reverted_at, spends) if self._fate else None

    def before(self, change: Change, turns: Sequence[Turn]) -> tuple[ChangeBefore, ...]:
        """How the change stood on earlier days, where its own dates do not tell."""
        course = standing.Course(
            identity=self._identity,
            history=self._history,
            request=self._request,
            events=self._events,
            runs=self._runs,
            heads=self._landed_heads,
            turns=turns,
        )
        return standing.before(change, course)

    def attempt_rows(self) -> list[Attempt]:
        """The attempts, with what each cost in nano-USD."""
        nusd, calls = Counter[int](), Counter[int]()
        for part in self._parts:
            number = self.attempts.number_of.get(part.booking.call.event_key, 1)
            nusd[number] += part.nusd or 0
            calls[number] += part.is_counted
        return [
            Attempt(
                change_id=self.id,
                number=each.number,
                model=each.model,
                started_at=each.started_at,
                ended_by=each.ended_by,
                models=" + ".join(dict.fromkeys(filter(None, (each.model, *each.models)))),
                failed_runs=each.failed_runs,
                calls=calls[each.number],
                nusd=nusd[each.number],
            )
            for each in self.attempts.tries
        ]

    def _conclude(self, dated: Fate, reverted_at: datetime | None, spends: Sequence[ChangeSpend]) -> Change:
        identity, leader = self._identity, self._leader
        second = when(self.reviews)
        started_by, started_model, started_role = self._started()
        kind, source = self._task_type()
        added, deleted = self._lines()
        touched = self._ground()
        by_role = _by_role(spends)
        nusd = sum(spend.nusd for spend in spends)
        return Change(
            id=identity.id,
            repository_id=self._history.repository_id,
            basis=identity.basis,
            number=identity.number,
            branch=identity.branch,
            title=identity.title,
            opened_at=dated.opened_at,
            state=dated.state,
            landed_oid=identity.landed_oid,
            landed_by=identity.landed_by,
            decided_at=dated.decided_at,
            stale_at=dated.stale_at,
            abandoned_at=dated.abandoned_at,
            durable_at=dated.durable_at,
            reverted_at=reverted_at,
            reverted_after=days_between(dated.decided_at, reverted_at),
            is_forge_known=dated.is_forge_known,
            is_draft=bool(self._request and self._request.is_draft),
            is_verified=self._verdict.is_verified,
            first_pass=self._verdict.first_pass,
            task_type=kind,
            type_source=source,
            area=touched.area,
            areas=touched.areas,
            stakes=touched.stakes,
            stakes_by=touched.stakes_by,
            package=touched.package,
            packages=touched.packages,
            has_second_review=second not in ("", "unknown"),
            second_review_when=second,
            reviews=len(self.reviews),
            has_model=bool(self._contributions or self._parts),
            lead_model=leader.model,
            lead_agent=leader.agent,
            lead_provider=leader.provider,
            lead_family=leader.family,
            lead_evidence=leader.evidence,
            first_model=self._first_model(),
            models_tried=" → ".join(each.model or "?" for each in self.attempts.tries),
            started_by=started_by,
            started_model=started_model,
            started_role=started_role,
            lineup=self._lineup(spends),
            cost_known=self._cost_known(),
            nusd=nusd,
            cost_sq=(nusd / 1e9) ** 2,
            nusd_implement=by_role["implement"] + by_role[""],
            nusd_review=by_role["review"],
            nusd_scout=by_role["scout"],
            calls=sum(spend.calls for spend in spends),
            calls_unpriced=sum(spend.calls_unpriced for spend in spends),
            attempts=len(self.attempts.tries),
            failed_runs=self._verdict.failed_runs,
            added=added,
            deleted=deleted,
        )

    @property
    def _landed_heads(self) -> frozenset[str]:
        head = self._request.head_oid if self._request else ""
        return frozenset(oid for oid in (self._identity.landed_oid, head) if oid)

    def _divide(self, runs: Sequence[Run]) -> Attempts:
        named = {row.subject for row in self._contributions}
        oids = self._works.commits(self._identity, former=True)
        landing = self._identity.landing
        oids = oids or [oid for oid in landing if oid in self._history.commits]  # a squash of what nobody knows
        worked = [Made(at, self._model_of(oid)) for oid in oids if oid in named for at in self._works.times(oid)]
        calls = [(part.booking.call, part.role) for part in self._parts]
        heads = {oid: self._history.commits[oid].committed_at for oid in oids}
        stale = stale_failures(self._verdict.failures, heads, {run.oid for run in runs})
        return attempts(calls, self._verdict.failures, worked, stale)

    def _review(self) -> list[Review]:
        commits = self._history.commits
        course = Course(
            change_id=self.id,
            lead_model=self._leader.model,
            commits=self._works.course(self._identity),
            decided_at=self._fate.decided_at if self._fate else None,
        )
        said = [
            (row, commits[row.subject].authored_at if row.subject in commits else None) for row in self._contributions
        ]
        return reviews(course, self._parts, self._events, said)

    def _first_model(self) -> str | None:
        """The model of the first attempt; where one attempt is all there was, by whatever tells who led it."""
        tries = self.attempts.tries
        if tries and tries[0].model:
            return tries[0].model
        return None if len(tries) > 1 else self._leader.model

    def _started(self) -> tuple[str, str | None, str]:
        """(model, person or '' for unknown, the model, its role) of what the change began with."""
        first = self._works.first(self._identity, [part.booking.call for part in self._parts])
        if isinstance(first, Call):
            role = next(part.role for part in self._parts if part.booking.call is first)
            return "model", first.model, role
        if first is None:
            return "", None, ""
        said = [row for row in self._contributions if row.subject == first and row.role in WORK]
        if said:
            return "model", self._model_of(first) or None, said[0].role
        return "person" if first in self._works.by_people else "", None, ""

    def _model_of(self, oid: str) -> str:
        """The one model that is said to have made the commit; none where several are."""
        models = {row.model for row in self._contributions if row.subject == oid and row.role in WORK and row.model}
        return models.pop() if len(models) == 1 else ""

    def _lead(self) -> Lead:
        nusd: Counter[tuple[str, str, str | None, str | None]] = Counter()
        for part in self._parts:
            call = part.booking.call
            if part.role in ("implement", "") and call.model:
                nusd[(call.model, call.agent, call.provider, call.family)] += part.nusd or 0
        spends = [Spend(*who, amount) for who, amount in sorted(nusd.items(), key=repr)]
        return lead(self._identity, self._history.commits, self._history.diffs, self._contributions, spends)

    def _task_type(self) -> tuple[str, str]:
        told = self._told_type() if self._tasks else None
        return (told, "tag") if told else self._found_type()

    def _told_type(self) -> str | None:
        """What a person said of the change, or of one of its commits."""
        identity = self._identity
        subjects = {*identity.commits, *identity.former, f"request:{identity.number}"}
        tags = (tag for subject in subjects for tag in self._tasks.get(subject, ()) if known_type(tag.text))
        return known_type(said(tags, subjects, TASK))

    def _found_type(self) -> tuple[str, str]:
        commits = [self._history.commits[oid] for oid in self._identity.commits if oid in self._history.commits]
        commits.sort(key=lambda commit: (commit.committed_at, commit.oid), reverse=True)
        plain = [commit for commit in commits if len(commit.parents) < 2 and commit.oid not in self._squash]
        return task_type(
            trailers=[commit.task_type for commit in commits if commit.task_type],
            tags=[
                *(call.task_type for call in self._tagged()),
                *sorted({row.task_type for row in self._contributions if row.task_type}),
            ],
            title=self._identity.title,
            labels=self._request.labels if self._request else (),
            branch=self._identity.branch,
            mapped=self._history.labels,
            kinds=[kind for diff in self._diffs() for kind in diff.kinds],
            subjects=[commit.subject for commit in plain],
        )

    @property
    def _squash(self) -> tuple[str, ...]:
        """The commits that only gather the work of others."""
        return self._identity.landing if self._identity.landed_by == "squash" else ()

    def _tagged(self) -> list[Call]:
        """The change's calls that say what kind of work they are, newest first."""
        calls = (part.booking.call for part in self._parts if part.booking.call.task_type)
        return sorted(calls, key=lambda call: (call.at, call.event_key), reverse=True)

    def _lineup(self, spends: Sequence[ChangeSpend]) -> str:
        order = {"implement": 0, "review": 1, "scout": 2}
        names = sorted(self._took_part(spends), key=lambda pair: (order.get(pair[0], 3), pair[1]))
        return " + ".join(str(model) if role == "implement" else f"{model} {role}" for role, model in names)

    def _took_part(self, spends: Sequence[ChangeSpend]) -> set[tuple[str, str]]:
        """(role, model) of every model on the change, by what was said of it or paid for it."""
        said = {(row.role or "implement", row.model) for row in self._contributions if row.model}
        return said | {(spend.role or "implement", spend.model) for spend in spends if spend.model}

    def _cost_known(self) -> str:
        """Known when every contribution has priced calls; one that names no model is covered by its agent's calls."""
        priced = [part.booking.call for part in self._parts if part.nusd is not None]
        if not priced:
            return "none"
        models, agents = {call.model for call in priced}, {"", *(plain_agent(call.agent) for call in priced)}
        said = (row for row in self._contributions if row.evidence != "branch")  # a name asks for nobody's calls
        covered = all(row.model in models if row.model else plain_agent(row.agent) in agents for row in said)
        return "known" if covered and len(priced) == len(self._parts) else "partial"

    def _lines(self) -> tuple[int | None, int | None]:
        """Lines added and deleted, of all of its work; None where that is not known."""
        diffs = self._diffs()
        return (sum(diff.added for diff in diffs), sum(diff.deleted for diff in diffs)) if diffs else (None, None)

    def _diffs(self) -> list[CommitDiff]:
        """The diffs of the work, none where one of them is not known."""
        diffs = [self._history.diffs.get(oid) for oid in self._work]
        return [diff for diff in diffs if diff] if all(diffs) and self._is_whole else []

    def _ground(self) -> Ground:
        rows = [row for oid in self._work if (row := self._history.areas.get(oid))]
        return ground(rows, is_whole=self._is_whole and len(rows) == len(self._work))

    @cached_property
    def _work(self) -> tuple[str, ...]:
        """The commits that hold the work, each line once: the squash or the copies that landed, else all but merges."""
        commits, identity = self._history.commits, self._identity
        oids = [oid for oid in identity.commits if oid in commits and len(commits[oid].parents) < 2]
        if identity.landed_by in ("squash", "rebase"):
            oids = [oid for oid in oids if oid in self._history.landed]
        return tuple(oids)

    @cached_property
    def _is_whole(self) -> bool:
        """Every commit of the request that the forge listed was read, where they are what is looked at."""
        listed = self._request.commits if self._request and self._identity.landed_by is None else ()
        return all(oid in self._history.commits for oid in listed)


def _by_role(spends: Iterable[ChangeSpend]) -> Counter[str]:
    nusd: Counter[str] = Counter()
    for spend in spends:
        nusd[spend.role] += spend.nusd
    return nusd
