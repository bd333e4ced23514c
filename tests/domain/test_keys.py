"""A keyed hash stands for a text under one secret, whatever a file system calls a text."""

from __future__ import annotations

import hashlib
import hmac

from ledger.domain.keys import keyed


def test_it_is_the_beginning_of_the_standard_one() -> None:
    assert keyed(b"k", "a/b") == hmac.new(b"k", b"a/b", hashlib.sha256).hexdigest()[:16]


def test_another_secret_or_text_gives_another_one() -> None:
    assert len({keyed(b"k", "a"), keyed(b"k", "b"), keyed(b"l", "a")}) == 3


def test_a_name_that_is_no_text_has_one_too() -> None:
    assert len(keyed(b"k", "caf\udce9")) == 16
