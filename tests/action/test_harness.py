"""The harness does what the runner does, as far as our actions need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action.harness import evaluated, outputs, run_action, truth

CONTEXT = {"inputs": {"version": "none", "url": "x", "empty": ""}, "steps": {"a": {"outputs": {"path": "p"}}}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ inputs.version }}-${{steps.a.outputs.path}}", "none-p"),
        ("${{ inputs.url != '' && '[extra]' || '' }}", "[extra]"),
        ("${{ inputs.empty != '' && '[extra]' || '' }}", ""),
        ("${{ inputs.nothing }}", ""),
        ("plain", "plain"),
    ],
)
def test_expressions_are_put_in(text: str, value: str) -> None:
    assert evaluated(text, CONTEXT) == value


def test_an_if_is_an_expression() -> None:
    assert not truth("inputs.version != 'none'", CONTEXT)
    assert truth("inputs.version == 'none'", CONTEXT)
    assert truth("true", CONTEXT)


def test_outputs_are_lines_or_texts_between_delimiters() -> None:
    assert outputs("a=1\nb<<END\nx=2\ny\nEND\na=3=4\n\n") == {"a": "3=4", "b": "x=2\ny"}


def test_an_expression_in_a_script_would_run_so_the_harness_can_find_it(tmp_path: Path) -> None:
    action = tmp_path / "action.yml"
    action.write_text(
        "inputs: {title: {}}\noutputs: {said: {value: '${{ steps.x.outputs.said }}'}}\nruns:\n  steps:\n"
        "    - id: x\n      shell: bash\n      run: |\n"
        '        echo "said=${{ inputs.title }}" >>"$GITHUB_OUTPUT"\n        false\n'
        "    - shell: bash\n      run: touch LATER\n"
    )
    environ = {"PATH": "/usr/bin:/bin"}
    ran = run_action(action, {"title": "$(touch PWNED)x"}, environ, tmp_path, tmp_path / "home")
    assert (ran.code, ran.outputs["said"]) == (1, "x")
    assert (tmp_path / "PWNED").exists()
    assert not (tmp_path / "LATER").exists()
