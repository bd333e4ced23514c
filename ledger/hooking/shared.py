"""What every installation puts into the ledger directory: the shared copy, the interpreter's place, the flags.

The flags spare the hook a look into git's configuration; they follow the settings. The trailers' keys are told to
git, so that it takes a block with them for one (hooks.md §2.1).
"""

from __future__ import annotations

import sys

from ledger.config import Config, require_model_of
from ledger.git import Git
from ledger.hooking.marks import HOOK, hook_text
from ledger.hooking.owners import read_hook
from ledger.hooking.record import Record, local_setting
from ledger.hooking.steps import Configure, Plan, Remove, carry_out, read_text

INTERPRETER = "interpreter"
TRAILERS = "trailers"
REQUIRE_MODEL = "require-model"
LEFTHOOK = "lefthook.yml"
_DRAINER = ("drainer", "drain.lock", "drain.next", "drain-error", "agents-read")
OURS = (HOOK, INTERPRETER, TRAILERS, REQUIRE_MODEL, LEFTHOOK, *_DRAINER)
"""The files in the ledger directory that belong to the hooks, not to what they jotted."""
TRAILER_KEYS = ("Assisted-by", "Ledger-Review", "Ledger-Scout", "Ledger-Task")


def plan_shared(git: Git, plan: Plan, *, trailers: bool | None, require_model: str | None) -> None:
    """Write what all ways of installing need; None leaves a wish as it was, at first off."""
    copy = read_hook(git.ledger_dir / HOOK)
    if copy.is_edited:
        plan.note(f"{copy.path} was edited since it was installed and is kept; remove it to get the new one.")
    else:
        plan.write(copy.path, hook_text())
    if sys.executable:
        plan.write(git.ledger_dir / INTERPRETER, f"{sys.executable}\n", 0o644)
    if trailers is not None:
        plan.steps.append(Configure("ledger.trailers", "true" if trailers else "false"))
    if require_model is not None:
        plan.steps.append(Configure("ledger.requireModel", require_model))
    _plan_flags(
        git,
        plan,
        trailers=_wants_trailers(git) if trailers is None else trailers,
        require_model=_wanted_model(git) if require_model is None else require_model,
    )
    known = git.run("config", "--get-regexp", r"^trailer\..*\.key$", check=False).lower().split()
    for key in TRAILER_KEYS:
        if key.lower() not in known:
            plan.steps.append(Configure(f"trailer.{key.lower()}.key", key))


def plan_unshared(git: Git, plan: Plan, record: Record) -> None:
    """Take out what `plan_shared` put in; a setting that was changed since is the user's."""
    copy = read_hook(git.ledger_dir / HOOK)
    if copy.is_edited:
        plan.tell(HOOK, "kept", f"{copy.path} was edited since it was installed; remove it by hand")
    gone = (git.ledger_dir / name for name in OURS if name != HOOK or not copy.is_edited)
    plan.steps += [Remove(path) for path in gone if path.exists()]
    for key, (before, ours) in record.settings.items():
        if local_setting(git, key) == ours:
            plan.steps.append(Configure(key, before))


def follow_flags(git: Git, config: Config) -> None:
    """Bring the flag files in step with what the settings say, which may have been changed by hand."""
    plan = Plan()
    _plan_flags(git, plan, trailers=config.trailers, require_model=config.require_model)
    carry_out(git, plan.steps)


def _plan_flags(git: Git, plan: Plan, *, trailers: bool, require_model: str) -> None:
    wanted = {TRAILERS: "" if trailers else None, REQUIRE_MODEL: f"{require_model}\n"}
    if require_model == "false":
        wanted[REQUIRE_MODEL] = None
    for name, text in wanted.items():
        path = git.ledger_dir / name
        if text is None:
            plan.steps += [Remove(path)] if path.exists() else []
        else:
            plan.write(path, text, 0o644)


def _wants_trailers(git: Git) -> bool:
    said = git.run("config", "--type=bool", "--get", "ledger.trailers", check=False)
    return said == "true" if said else (git.ledger_dir / TRAILERS).exists()


def _wanted_model(git: Git) -> str:
    said = git.run("config", "--get", "ledger.requireModel", check=False)
    return require_model_of(said or (read_text(git.ledger_dir / REQUIRE_MODEL) or "").strip())
