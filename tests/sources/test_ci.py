"""Files that CI leaves: the message that started a job, and another run's record."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.sources.ci import read_artifact, read_payload


def message(path: Path, text: str | bytes) -> dict[str, str]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return {"GITHUB_EVENT_PATH": str(path)}


def test_a_message_is_a_json_object(tmp_path: Path) -> None:
    assert read_payload(message(tmp_path / "e", '{"action": "opened", "n": [1, {"a": null}]}')) == {
        "action": "opened",
        "n": [1, {"a": None}],
    }


def test_without_a_name_there_is_no_message() -> None:
    assert read_payload({}) is None
    assert read_payload({"GITHUB_EVENT_PATH": ""}) is None


def test_halves_of_characters_and_nul_do_not_get_through(tmp_path: Path) -> None:
    found = read_payload(message(tmp_path / "e", r'{"a\ud800": ["x\u0000\udfff", 1], "b": {"c": "\u00e9"}}'))
    json.dumps(found).encode()
    assert found is not None
    assert found["a\ufffd"] == ["x\ufffd", 1]
    assert found["b"] == {"c": "é"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        ("[1]", "no JSON object"),
        ("[" * 9999, "no JSON"),
    ],
)
def test_what_is_no_message_is_a_sentence(tmp_path: Path, text: str | bytes, why: str) -> None:
    with pytest.raises(LedgerError, match=why):
        read_payload(message(tmp_path / "e", text))


def test_a_file_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        read_payload({"GITHUB_EVENT_PATH": str(tmp_path / "gone")})
    with pytest.raises(LedgerError, match="cannot be read"):
        read_payload({"GITHUB_EVENT_PATH": str(tmp_path)})
    with pytest.raises(LedgerError, match="is no file"):
        read_artifact(Path(os.devnull))


def test_an_artifact_is_read_by_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n\n  \n{"b": 2}')
    assert read_artifact(path) == ['{"a": 1}', '{"b": 2}']


def test_an_artifact_has_a_size(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * (1 << 20))
    assert len(read_artifact(path)) == 1
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(LedgerError, match="larger than 1 MiB"):
        read_artifact(path)
    path.write_text("{}\n" * 2001)
    with pytest.raises(LedgerError, match="2,000 lines"):
        read_artifact(path)
