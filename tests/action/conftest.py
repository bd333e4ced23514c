"""The commands' starting points, which a job in CI starts from too."""

from __future__ import annotations

from tests.commands.conftest import committed, posted

__all__ = ["committed", "posted"]
