"""The benchmark of starts compares like with like."""

from __future__ import annotations

import pytest

from tests.bench.loading import load


def test_it_prints_the_ratio_of_the_two(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    load("start", monkeypatch).main(1)
    first, second = capfd.readouterr().out.splitlines()
    assert first.split()[-1] == "1.0"
    assert float(second.split()[-1]) > 0
