"""Keys: the columns that a record is known by, and hashes that say nothing to who has not the key."""

from __future__ import annotations

import hmac

Key = tuple[str, ...]
"""What every record of a table says of its natural key: the names of the columns."""


def keyed(secret: bytes, text: str) -> str:
    """16 hex digits that stand for a text, and for another one under another secret."""
    return hmac.digest(secret, text.encode(errors="surrogateescape"), "sha256").hex()[:16]
