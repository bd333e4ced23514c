"""A claim that a model took part, as a fact: what every source writes down in the same way."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.facts import Contribution
from ledger.domain.models import parse_model


def claim(
    model_raw: str,
    *,
    repository_id: str,
    subject: str,
    role: str,
    agent: str,
    evidence: str,
    at: datetime,
    lines: int | None = None,
    scope: str = "",
    task_type: str = "",
    sessions: tuple[str, ...] = (),
) -> Contribution:
    """The contribution of the model that is written so; the text is kept beside what it means, its variant included."""
    model = parse_model(model_raw)
    return Contribution(
        repository_id=repository_id,
        subject=subject,
        role=role,
        agent=agent,
        model_raw=model_raw,
        model=model.name,
        provider=model.provider,
        family=model.family,
        variant=model.variant,
        evidence=evidence,
        at=at,
        lines=lines,
        scope=scope,
        task_type=task_type,
        sessions=sessions,
    )
