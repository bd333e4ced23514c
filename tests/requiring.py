"""What a test needs beyond this package: skipped where it is missing, failed where it is required."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(name: str, why: str) -> NoReturn:
    """Skip; where LEDGER_REQUIRED lists the name, as in CI, fail."""
    if name in os.environ.get("LEDGER_REQUIRED", "").split():
        pytest.fail(why)
    pytest.skip(why)
