"""Loads a benchmark, which is a script and no part of the package."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.commands.running import ROOT


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """bench/<name>.py, which finds its neighbours as it does when it is run."""
    monkeypatch.syspath_prepend(ROOT / "bench")
    spec = importlib.util.spec_from_file_location(f"bench_{name}", ROOT / "bench" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module.__name__, module)  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module
