"""The policy of a configuration file, read and validated; what cannot be used is told with file, line and key.

pydantic stands here and is imported with this module, which only `ledger check` needs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ledger.domain.agent_names import ROLES
from ledger.domain.amounts import Refused, nusd
from ledger.domain.patterns import matcher
from ledger.domain.policy import (
    ANY,
    LEVELS,
    OFF,
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
from ledger.domain.screen import plain
from ledger.domain.tasks import TYPES
from ledger.domain.toml_lines import Path, key_lines, line_of
from ledger.domain.trailers import LONGEST_KEY
from ledger.errors import BadSetting

_MOST = 10**9
_PATHS = 'a list of patterns of paths, like ["src/", "*.py"]; docs/areas.md has their form'
_RULE = "a table; docs/policy.md has the keys of each rule"
_AMOUNT = "an amount in USD, like 2.50"
_ALLOWED = {
    "level": f"one of {', '.join(LEVELS)}",
    **dict.fromkeys(("roles", "review", "trailers", "cost", "size"), _RULE),
    "allow": f'a table of models and lists of {", ".join(ROLES)}, like {{ "claude-haiku*" = ["scout"] }}',
    "required": 'a list of trailers\' keys in letters, digits and hyphens, like ["Ledger-Task"]',
    "of": "models or all",
    "bands": f"a table of {ANY}, {', '.join(TYPES)}, each with bounds, like {{ any = {{ warn = 2.50, fail = 10 }} }}",
    "warn": _AMOUNT,
    "fail": _AMOUNT,
    "files": "a whole number above 0",
    "lines": "a whole number above 0",
    **dict.fromkeys(("without", "source", "when", "then"), _PATHS),
    "not_for": f"a list of task types: {', '.join(TYPES)}",
    "because": "half a sentence of up to 200 characters",
    "paths": 'a list of tables, [[…paths]], each like when = ["src/"], then = ["CHANGELOG.md"]',
}
"""Key → what it may say. `tests` is a table within the policy and a list of patterns within itself."""


def _fitting(text: str) -> str:
    matcher([text])
    return text


def _exact(value: Any) -> int:
    """Nano-USD; raises ValueError with half a sentence."""
    try:
        found = nusd(value, "it")
    except Refused as error:
        raise ValueError(str(error).replace("a call", "a change").replace("one row", "one change")) from error
    if found is None:
        raise ValueError("it is no number")
    return found


_Level = Literal["off", "warn", "fail"]
_Role = Literal["implement", "review", "scout"]
_TaskType = Annotated[str, AfterValidator(lambda word: _one_of(word, TYPES))]
_BandName = Annotated[str, AfterValidator(lambda word: _one_of(word, (ANY, *TYPES)))]
_Paths = tuple[Annotated[str, AfterValidator(_fitting)], ...]
_SomePaths = Annotated[_Paths, Field(min_length=1)]
_Count = Annotated[int, Field(strict=True, ge=1, le=_MOST)]
_Amount = Annotated[int, BeforeValidator(_exact)]
_Trailer = Annotated[str, Field(pattern=rf"^[A-Za-z][A-Za-z0-9-]{{0,{LONGEST_KEY - 1}}}$")]
_Name = Annotated[str, Field(min_length=1, max_length=120)]


def _one_of(word: str, words: Iterable[str]) -> str:
    if word not in words:
        raise ValueError("it is none of them")
    return word


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rule(_Table):
    level: _Level | None = None


class _Roles(_Rule):
    allow: dict[_Name, tuple[_Role, ...]] = Field(min_length=1)


class _Trailers(_Rule):
    required: tuple[_Trailer, ...] = Field(min_length=1)
    of: Literal["models", "all"] = "models"


class _Band(_Table):
    warn: _Amount | None = None
    fail: _Amount | None = None

    @model_validator(mode="after")
    def _bounds(self) -> _Band:
        if self.warn is None and self.fail is None:
            raise ValueError("it has neither warn nor fail")
        if self.warn is not None and self.fail is not None and self.warn > self.fail:
            raise ValueError("its warn is above its fail")
        return self


class _Cost(_Rule):
    bands: dict[_BandName, _Band] = Field(min_length=1)


class _Size(_Rule):
    files: _Count | None = None
    lines: _Count | None = None
    without: _Paths = ()

    @model_validator(mode="after")
    def _bounds(self) -> _Size:
        if self.files is None and self.lines is None and self.level != OFF:
            raise ValueError("it has neither files nor lines")
        return self


class _Tests(_Rule):
    source: _SomePaths | None = None
    tests: _SomePaths | None = None
    not_for: tuple[_TaskType, ...] = ()


class _PathRule(_Rule):
    when: _SomePaths
    then: _SomePaths
    because: str = Field("", max_length=200)


class _Policy(_Table):
    level: _Level = "warn"
    roles: _Roles | None = None
    review: _Rule | None = None
    trailers: _Trailers | None = None
    cost: _Cost | None = None
    size: _Size | None = None
    tests: _Tests | None = None
    paths: tuple[_PathRule, ...] = ()


_TABLES: dict[str, type[_Table]] = {
    "roles": _Roles,
    "review": _Rule,
    "trailers": _Trailers,
    "cost": _Cost,
    "bands": _Band,
    "size": _Size,
    "tests": _Tests,
    "paths": _PathRule,
}


def parse_policy(text: str, file: str) -> Policy | None:
    """The policy that a configuration file holds, None where it holds none; raises BadSetting with the line."""
    at: Path = ("tool", "ledger", "policy") if file.endswith("pyproject.toml") else ("policy",)
    said = _parsed(text, file)
    for key in at:
        if not isinstance(said, Mapping) or key not in said:
            return None
        said = said[key]
    if not isinstance(said, Mapping):
        raise BadSetting(
            f"{file}, line {line_of(key_lines(text), at)}: policy is {_found(said)}; it must be a table, as in "
            f"[{'.'.join(map(str, at))}]."
        )
    try:
        return _policy(_Policy.model_validate(said))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadSetting(_sentence(dict(first), key_lines(text), file, at)) from None


def _parsed(text: str, file: str) -> Any:
    """Amounts are kept as they are written: a binary fraction would be another one."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{file} is not valid TOML ({error}); mend it or remove it.") from error


def _sentence(error: Mapping[str, Any], lines: Mapping[Path, int], file: str, at: Path) -> str:
    """What is wrong, where, and what is allowed there."""
    is_key = error["loc"][-1:] == ("[key]",)
    loc: Path = error["loc"][:-1] if is_key else error["loc"]
    where = f"{file}, line {line_of(lines, (*at, *loc))}"
    key, parent = (plain(_dotted(("policy", *part)), 200) for part in (loc, loc[:-1]))
    last = plain(str(loc[-1]), 60) if loc else "policy"
    if error["type"] == "extra_forbidden":
        return f"{where}: {parent} has {last!r}; it may have {', '.join(_table_of(loc[:-1]).model_fields)}."
    name, allowed = _allowed(loc)
    if error["type"] == "missing":
        return f"{where}: {parent} has no {last}; {last} must be {allowed}."
    why = f", but {error['ctx']['error']}" if error["type"] == "value_error" else ""
    says = f"{parent} has {last!r}" if is_key else f"{key} is {_found(error['input'])}"
    return f"{where}: {says}{why}; {name} must be {allowed}."


def _allowed(loc: Path) -> tuple[str, str]:
    """The key that stands nearest around a place, and what it may say."""
    if loc[:1] == ("tests",) and loc[1:2] in ((), ("tests",)):
        return "tests", _PATHS if loc[1:] else _RULE
    name = next((str(step) for step in reversed(loc) if step in _ALLOWED), "policy")
    return name, _ALLOWED.get(name, _RULE)


def _table_of(loc: Path) -> type[_Table]:
    """The table that a place is in."""
    return next((_TABLES[str(step)] for step in reversed(loc) if step in _TABLES), _Policy)


def _dotted(loc: Path) -> str:
    """`policy.paths[0].when`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")


def _found(said: Any) -> str:
    """As TOML would have it, and no longer than a person reads."""
    words = {True: "true", False: "false"}.get(said) if isinstance(said, bool) else None
    kinds = "a table" if isinstance(said, Mapping) else "a list" if isinstance(said, list) and len(said) > 3 else None
    return words or kinds or plain(str(said) if isinstance(said, Decimal) else repr(said), 80)


def _policy(said: _Policy) -> Policy:
    """The rules that are on, each with its own level or that of all."""

    def level(rule: _Rule | None) -> str:
        return OFF if rule is None else rule.level or said.level

    found = Policy(
        roles=RoleRule(level(said.roles), tuple(said.roles.allow.items())) if said.roles else None,
        review=ReviewRule(level(said.review)) if said.review else None,
        trailers=TrailerRule(level(rule), rule.required, rule.of) if (rule := said.trailers) else None,
        cost=_cost(said.cost, level(said.cost)) if said.cost else None,
        size=SizeRule(level(size), size.files, size.lines, size.without) if (size := said.size) else None,
        tests=SourceRule(level(tests), tests.source, tests.tests, tests.not_for) if (tests := said.tests) else None,
        paths=tuple(PathRule(level(each), each.when, each.then, each.because) for each in said.paths),
    )
    return found.without_off()


def _cost(said: _Cost, level: str) -> CostRule:
    return CostRule(level, tuple((name, Band(band.warn, band.fail)) for name, band in said.bands.items()))
