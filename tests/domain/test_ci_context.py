"""What the fields of a job are read from: numbers, names, addresses, legs of a matrix."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ci_context import (
    CiContext,
    attempt,
    forge_id,
    host_of,
    leg,
    page,
    repository_at,
    request_number,
    word,
)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(7, 7), ("7", 7), ("007", 7), ("false", None), ("", None), (None, None), (0, None), ("0", None), (-1, None),
     (True, None), (7.0, None), (2**31, None), ("99999999999", None), ("٣", None), ([7], None)],
)  # fmt: skip
def test_numbers_of_requests(value: Any, wanted: int | None) -> None:
    assert request_number(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"), [("1", 1), ("3", 3), (4, 4), ("", 1), (None, 1), ("0", 1), ("x", 1), (-3, 1)]
)
def test_attempts_are_counted_from_one(value: Any, wanted: int) -> None:
    assert attempt(value) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("0", 1), ("1", 2), ("2", 3), ("", 1), (None, 1), ("x", 1)])
def test_a_count_of_retries_is_one_less(value: Any, wanted: int) -> None:
    assert attempt(value, counts_from=0) == wanted


@pytest.mark.parametrize(
    ("host", "number", "wanted"),
    [("GitHub.com", 42, "github.com/#42"), ("gitlab.example.org", "42", "gitlab.example.org/#42"), ("", 42, ""),
     ("github.com", None, ""), ("github.com", "x/y", ""), ("github.com", True, ""), ("github.com", 1.5, ""),
     ("github.com", "9" * 30, "")],
)  # fmt: skip
def test_the_id_that_a_forge_gives_a_repository(host: str, number: Any, wanted: str) -> None:
    assert forge_id(host, number) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("", ""), (None, ""), ("null", ""), ("0", "0"), ("3", "3"), (" linux ", "linux"),
     ('{"python": "3.12", "os": "linux"}', "3.12, linux"), ('{"os": "linux", "n": 3}', "linux, 3"),
     ('{"a": {"y": 1, "x": [true, "z"]}, "b": "c"}', "1, true, z, c"), ("{broken", "{broken"),
     ('{"a": "x\\u001b[31m"}', "x[31m"), ("[" * 3000, "[" * 200)],
)  # fmt: skip
def test_a_leg_is_an_index_or_the_values_of_the_matrix(said: Any, wanted: str) -> None:
    assert leg(said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("  a\n b\tc ", "a bc"), ("x" * 300, "x" * 200), (None, ""), (5, ""), ("ask ann@example.org", "ask …"),
     ("\x1b[31mred", "[31mred"), ("\ud800", "\ufffd")],
)  # fmt: skip
def test_a_name_is_one_short_line_without_addresses(said: Any, wanted: str) -> None:
    assert word(said) == wanted


def test_addresses() -> None:
    assert page("https://ci.example.org/7") == "https://ci.example.org/7"
    for nothing in ("javascript:alert(1)", "https://ann:secret@ci.example.org/7", "", None, 7):
        assert page(nothing) == ""
    assert repository_at("git@github.com:owner/name.git") == "github.com/owner/name"
    assert repository_at("https://ann:secret@github.com/owner/name") == "github.com/owner/name"
    assert repository_at("/srv/git/name") == ""
    assert repository_at("https://github.com/ann@example.org/name") == ""
    assert host_of("https://GitLab.example.org:8443/a/b") == "gitlab.example.org"
    assert host_of("github.com/owner/name") == "github.com"
    assert host_of("https://[broken") == ""


def test_a_repository_is_called_by_the_forge_s_id_first() -> None:
    known = CiContext(repository="github.com/owner/name", forge_id="github.com/#42")
    assert known.names == ("github.com/#42", "github.com/owner/name")
    assert CiContext().names == ()


@pytest.mark.parametrize(
    ("is_fork", "event", "may"),
    [(True, "pull_request", False), (True, "pull_request_target", True), (True, "workflow_run", True),
     (False, "pull_request", True), (None, "push", True)],
)  # fmt: skip
def test_who_may_push(is_fork: bool | None, event: str, may: bool) -> None:
    assert CiContext(is_fork=is_fork, event=event).may_push is may


@given(st.text() | st.none() | st.integers() | st.floats() | st.booleans())
def test_any_value_is_read_without_a_crash(value: Any) -> None:
    for found in (leg(value), word(value)):
        assert len(found) <= 200
        assert found.isprintable() or not found.isascii()
    assert attempt(value) >= 1
    assert request_number(value) is None or 0 < (request_number(value) or 0) < 2**31
    assert isinstance(forge_id("h", value), str)
    assert isinstance(page(value), str)
