"""Every example of docs/policy.md: the policy is valid, the commands work, and tell what the page says they tell."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from ledger.domain.policy import RULES
from ledger.errors import BadSetting
from ledger.policies import parse_policy
from tests.commands.running import run
from tests.gitting import commit, git

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()
SECTION = re.compile(r"^### (\w+)\n.*?```toml\n(.*?)```\n\n```console\n(.*?)```", re.M | re.S)
EXAMPLES = {name: (policy, console) for name, policy, console in SECTION.findall(PAGE)}
_OID = re.compile(r"\b[0-9a-f]{7}\b")


def test_every_rule_has_an_example_in_its_order() -> None:
    assert sorted(EXAMPLES) == sorted(RULES)
    for name, (policy, _) in EXAMPLES.items():
        found = parse_policy(policy, "ledger.toml")
        assert found
        assert found.rules == [name]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_tells_what_the_page_says(repository: Path, name: str) -> None:
    """Git's commands run in a shell, the ledger's in this process; a commit's id is three dots on the page."""
    policy, console = EXAMPLES[name]
    commit(repository, "root", {"ledger.toml": policy})
    git(repository, "switch", "-q", "-c", "feature")
    for step in console.removeprefix("$ ").split("\n$ "):
        command, *lines = step.rstrip().split("\n")
        if command.startswith("ledger "):
            said = _OID.sub("…", run("-C", str(repository), *shlex.split(command)[1:]).out)
            assert lines, command
            assert "\n".join(lines) in said
        else:
            subprocess.run(["sh", "-ec", command], cwd=repository, check=True)


def test_the_sentence_of_a_bad_policy_is_as_printed() -> None:
    with pytest.raises(BadSetting) as error:
        parse_policy("[policy.size]\nfiles = 'many'\n", "ledger.toml")
    assert f"\nledger: {error.value}\n" in PAGE
