"""The check of workflows finds what each of its tools is there for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BAD = {
    "action.yml": "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - run: echo\n",
    "injected.yml": "name: x\non: pull_request\npermissions: {}\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n"
    '      - run: echo "${{ github.event.pull_request.title }}"\n',
    "shell.gitlab-ci.yml": "spec:\n  inputs: {}\n---\nx:\n  script:\n    - rm -r $X/*\n",
    "form.gitlab-ci.yml": "x:\n  script: [date]\n  when: sometimes\n",
}


def test_a_missing_shell_an_injection_a_wrong_word_and_a_bare_variable_are_found(tmp_path: Path) -> None:
    for name, text in BAD.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "check_workflows.py"), *(str(tmp_path / name) for name in BAD)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for finding in ("action.yml::$.runs", "template-injection", "SC2115", "sometimes"):
        assert finding in done.stderr, finding
