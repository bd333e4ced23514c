"""What a message says of requests that it reverts; the rest of its words stand in test_contributions."""

from __future__ import annotations

import pytest

from ledger.domain.messages import read_message


@pytest.mark.parametrize(
    ("subject", "body", "reverts"),
    [
        ('Revert "it" (#9)', "Reverts owner/name#7", ("request:7",)),
        ('Revert "it" (#9)', "Reverts #7\n", ("request:7",)),
        ("Revert \"Merge branch 'x' into 'main'\"", "This reverts merge request !7", ("request:7",)),
        ('Revert "it"', "This reverts commit 0123456789.\n\nReverts group/sub/name!7", ("0123456789", "request:7")),
        ("feat: undo", "Reverts owner/name#7", ()),
        ('Revert "it"', "As it says in: Reverts owner/name#7 and more", ()),
    ],
)
def test_a_forge_s_revert_names_the_request(subject: str, body: str, reverts: tuple[str, ...]) -> None:
    assert read_message(subject, body).reverts == reverts
