"""What every record of a table says of its natural key: the names of the columns."""

from __future__ import annotations

Key = tuple[str, ...]
