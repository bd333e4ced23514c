"""Reports are told apart by their beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.report_forms import form_of

_GO = b'{"Time":"2026-03-01T09:00:00Z","Action":"start","Package":"shop"}\n'
_LOG = b'{"pytest_version": "9.0.0", "$report_type": "SessionStart"}\n'


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"<testsuite/>", "junit"),
        (b'\xef\xbb\xbf\n <?xml version="1.0"?>', "junit"),
        ("<testsuite/>".encode("utf-16"), "junit"),
        (b"<html>", "junit"),
        (b'{"reportFormat": "CTRF", "results": {', "ctrf"),
        (b'{\n  "results": {\n    "tool": {', "ctrf"),
        (b'{"results":{"tests":[{"name":"\\"Action\\":\\"run\\""}]}}', "ctrf"),
        (_GO, "go"),
        (b"make: entering\n# shop\n" + _GO, "go"),
        (_LOG, "reportlog"),
        (b"noise\n" + _LOG, "reportlog"),
        (b'{"Action": 3}', ""),
        (b"{}", ""),
        (b"[]", ""),
        (b"1..3\nok 1", ""),
        (b"", ""),
    ],
)
def test_each_form_has_its_sign(head: bytes, wanted: str) -> None:
    assert form_of(head) == wanted


@given(st.binary())
def test_any_beginning_is_one_form_or_none(head: bytes) -> None:
    assert form_of(head) in ("junit", "ctrf", "go", "reportlog", "")
