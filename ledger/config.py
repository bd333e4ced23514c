"""Settings from the environment, `git config ledger.*` and `[tool.ledger]` or ledger.toml, as one frozen Config."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.agent_names import parse_role_rules
from ledger.domain.amounts import Refused, nusd
from ledger.domain.path_rules import KNOWN_AREAS, Area
from ledger.domain.path_settings import parse_areas, parse_labels, parse_packages
from ledger.domain.seats import Seat, parse_seat
from ledger.errors import BadSetting

TRUE = {"true", "yes", "on", "1"}
FALSE = {"false", "no", "off", "0", ""}
SHARING = ("facts", "usage")
"""What a clone may share with the others: what it knows of commits, or besides what its sessions cost."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the user has set; a field is the key `ledger.<name>` with `_` for `-`."""

    database: str | None = None
    """URL or path of the ledger's database; None: `<git common dir>/ledger/ledger.db`."""
    target: tuple[str, ...] = ()
    """Names or patterns of target branches; empty: found by DESIGN's order."""
    trailers: bool = False
    """Hooks may write trailers into commit messages."""
    require_model: str = "false"
    """false | true | agents: whose commits without a model the commit-msg hook refuses."""
    authors: str = "hashed"
    """hashed | plain"""
    forge: str | None = None
    """Overrides the detection: github, gitlab … or none."""
    sync: str | None = None
    """auto | off: whether init and update ask the forge where there is a token; None: nobody said."""
    path: tuple[str, ...] = ()
    """Further directories that stand for this repository: moved, deleted, in a container."""
    prices: str | None = None
    """A file of the user's own prices, TOML or JSON; relative to the worktree."""
    seats: tuple[Seat, ...] = ()
    """What is paid by the month for agents."""
    fallback_cost: int | None = None
    """What a change that is not accepted costs a person, in nano-USD; None: not said."""
    roles: tuple[tuple[str, str], ...] = ()
    """(pattern of agents' names, role), sorted."""
    areas: tuple[Area, ...] = KNOWN_AREAS
    """The parts that paths are sorted into; only a file tells them."""
    packages: tuple[str, ...] | None = None
    """Patterns of packages' directories; None: the usual ones and those of workspace files."""
    labels: tuple[tuple[str, str], ...] = ()
    """(label in lower case, task type); only a file tells them."""
    share: str = "off"
    """off | facts | usage: what this clone shares with others; only its own configuration says so."""
    share_proposed: str = ""
    """What a file of the team's proposes: facts | usage; ''. Nothing is shared for that alone."""
    has_rules: bool = False
    """Areas, packages or labels are set."""


def load_config(
    environ: Mapping[str, str], git_settings: Mapping[str, str], toml: str = "", toml_name: str = ""
) -> Config:
    """One Config; the environment wins over git's configuration, and that over the file. Raises BadSetting."""
    whole = _table(toml, toml_name)
    table = {key: setting for key, setting in whole.items() if not isinstance(setting, dict)} | dict(git_settings)
    return Config(
        database=environ.get("LEDGER_DATABASE_URL") or _text(table, "database"),
        target=_words(table, "target"),
        trailers=_flag(table, "trailers"),
        require_model=require_model_of(_text(table, "requiremodel") or _text(table, "requireModel") or ""),
        authors=_choice(table, "authors", "hashed", ("hashed", "plain")),
        forge=_text(table, "forge"),
        # A file of the repository is the team's wish; that one's own machine asks a forge is one's own to say.
        sync=_choice(git_settings, "sync", "off", ("auto", "off")) if "sync" in git_settings else None,
        path=_words(table, "path"),
        prices=_text(table, "prices"),
        seats=_seats(table.get("seats", ())),
        fallback_cost=fallback_of(_text(table, "fallbackcost") or _text(table, "fallbackCost")),
        roles=parse_role_rules(table.get("roles", whole.get("roles", {}))),
        areas=parse_areas(whole.get("areas", {}), toml_name),
        packages=_packages(table, git_settings, toml_name),
        labels=parse_labels(whole.get("labels", {}), toml_name),
        share=_choice(git_settings, "share", "off", ("off", *SHARING)),
        share_proposed=_choice({"share": whole.get("share", "")}, "share", "", ("", "off", *SHARING)).replace(
            "off", ""
        ),
        has_rules="packages" in table or not whole.keys().isdisjoint(("areas", "labels")),
    )


def require_model_of(said: str) -> str:
    """`false`, `true` or `agents` for what `ledger.requireModel` says, in any of git's words; raises BadSetting."""
    words = dict.fromkeys(TRUE, "true") | dict.fromkeys(FALSE, "false") | {"agents": "agents"}
    if said.lower() not in words:
        raise BadSetting(f"ledger.requireModel is {said!r}; it must be false, true or agents.")
    return words[said.lower()]


def fallback_of(said: str | None) -> int | None:
    """Nano-USD of what `ledger.fallbackCost` says, None where it says nothing; raises BadSetting."""
    try:
        return nusd(said, "it")
    except Refused as error:
        raise BadSetting(f"The fallback cost is {said!r}, which is no amount; write USD, such as 12.50.") from error


def _table(toml: str, name: str) -> dict[str, Any]:
    try:
        parsed = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{name} is not valid TOML ({error}); mend it or remove it.") from error
    table: dict[str, Any] = parsed
    for step in ("tool", "ledger") if name.endswith("pyproject.toml") else ():
        table = table.get(step, {})
        if not isinstance(table, dict):
            raise BadSetting(f"{name}: {step} must be a table, as in [tool.ledger].")
    return table


def _packages(table: Mapping[str, Any], git_settings: Mapping[str, str], toml_name: str) -> tuple[str, ...] | None:
    if "packages" in git_settings:
        return parse_packages(git_settings["packages"].split(), "ledger.packages")
    return parse_packages(table["packages"], f"{toml_name}: packages") if "packages" in table else None


def _text(table: Mapping[str, Any], key: str) -> str | None:
    setting = table.get(key)
    return str(setting).rpartition("\n")[2] if setting else None


def _words(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Several values: a list in TOML, several lines in git's configuration; names of branches also between blanks."""
    setting = table.get(key, ())
    if isinstance(setting, str):
        return tuple(word for word in (setting.split("\n") if key == "path" else setting.split()) if word)
    if not isinstance(setting, list | tuple):
        raise BadSetting(f"ledger.{key} is {setting!r}; it must be a text or a list of texts.")
    return tuple(str(word) for word in setting)


def _seats(setting: Any) -> tuple[Seat, ...]:
    """One line or table per price: several lines in git's configuration, a list in TOML."""
    listed = [line for line in setting.split("\n") if line.strip()] if isinstance(setting, str) else setting
    if not isinstance(listed, list | tuple):
        raise BadSetting(f"ledger.seats is {setting!r}; it must be a text or a list.")
    return tuple(map(parse_seat, listed))


def _flag(table: Mapping[str, Any], key: str) -> bool:
    setting = str(table.get(key, "false")).rpartition("\n")[2].lower()
    if setting in TRUE | FALSE:
        return setting in TRUE
    raise BadSetting(
        f"ledger.{key} is {setting!r}, which is neither true nor false; set it with git config ledger.{key} true."
    )


def _choice(table: Mapping[str, object], key: str, default: str, choices: tuple[str, ...]) -> str:
    setting = str(table.get(key, default)).rpartition("\n")[2]
    if setting in choices:
        return setting
    raise BadSetting(f"ledger.{key} is {setting!r}; it must be one of {', '.join(choices)}.")
