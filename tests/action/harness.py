"""Runs a composite action's steps as the runner does: real bash, its files, and `${{ }}` evaluated beforehand.

Of the expressions it knows what our actions use: names with dots, texts in quotes, `==`, `!=`, `&&` and `||`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Context = Mapping[str, Any]
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


@dataclass
class Ran:
    """What a job saw of an action."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


def load(path: Path) -> Any:
    """The YAML of a file, by the rules of version 1.2, in which `on` is a word."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def run_action(path: Path, given: Mapping[str, str], environ: Mapping[str, str], cwd: Path, home: Path) -> Ran:
    """Run the action at `path` with these inputs; stops after a step that fails, as the runner does."""
    action = load(path)
    ran, steps = Ran(), dict[str, Any]()
    home.mkdir(parents=True, exist_ok=True)
    context: dict[str, Any] = {
        "github": {"token": environ.get("GITHUB_TOKEN", "")},
        "runner": {"temp": str(home)},
        "steps": steps,
    }
    defaults = {name: evaluated(str(each.get("default", "")), context) for name, each in action["inputs"].items()}
    assert set(given) <= set(defaults), "an input that the action does not have"
    context["inputs"] = {**defaults, **given}
    for number, step in enumerate(action["runs"]["steps"]):
        if ran.code or not truth(str(step.get("if", "true")), context):
            continue
        assert step["shell"] == "bash"
        steps[step.get("id", str(number))] = {"outputs": _run(step, context, environ, cwd, home, ran)}
    ran.outputs = {name: evaluated(each["value"], context) for name, each in action["outputs"].items()}
    return ran


def _run(step: Any, context: Context, environ: Mapping[str, str], cwd: Path, home: Path, ran: Ran) -> dict[str, str]:
    """One step in a shell of its own; returns its outputs and adds the rest to what the job saw."""
    files = {name: home / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
    for file in files.values():
        file.write_text("")
    script = home / "step.sh"
    script.write_text(evaluated(step["run"], context), encoding="utf-8")
    own = {name: evaluated(str(text), context) for name, text in step.get("env", {}).items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=cwd,
        env={**environ, "RUNNER_TEMP": str(home), **{name: str(file) for name, file in files.items()}, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    ran.code, ran.log = done.returncode, ran.log + done.stdout.decode(errors="replace")
    ran.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
    return outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))


def outputs(text: str) -> dict[str, str]:
    """What stands in a GITHUB_OUTPUT: `name=text` or a text between two delimiters; the last of a name counts."""
    found, lines = dict[str, str](), iter(text.split("\n"))
    for line in lines:
        name, sign, rest = re.match(r"([^=<]*)(<<|=|)(.*)", line).groups()  # type: ignore[union-attr]
        if sign == "<<":
            kept = []
            while (row := next(lines)) != rest:
                kept.append(row)
            rest = "\n".join(kept)
        if sign:
            found[name] = rest
    return found


def evaluated(text: str, context: Context) -> str:
    """The text with its expressions put in, which is what makes `${{ }}` in a script dangerous."""
    return _EXPRESSION.sub(lambda found: str(_value(found[1], context)), text)


def truth(expression: str, context: Context) -> bool:
    """Whether an `if` holds."""
    return _value(expression, context) not in ("", "false", False)


def _value(expression: str, context: Context) -> Any:
    for sign in ("||", "&&", "!=", "=="):
        left, found, right = expression.partition(sign)
        if found:
            one = _value(left, context)
            if sign in ("||", "&&"):
                return one if (one not in ("", False)) == (sign == "||") else _value(right, context)
            return (one == _value(right, context)) == (sign == "==")
    word = expression.strip()
    if word.startswith("'"):
        return word.strip("'")
    value: Any = context
    for part in word.split("."):
        value = value.get(part, "") if isinstance(value, Mapping) else ""
    return value if word not in ("true", "false") else word
