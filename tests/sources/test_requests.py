"""Files of requests: opened, read row by row, booked to their repository, and what is left out named."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.forge_facts import Event, Request
from ledger.domain.reading import Named, Settled, Skip
from ledger.errors import LedgerError
from ledger.sources.requests import read_named
from tests.domain.requesting import gh, gitlab, person, rest

HERE = "github.com/owner/name"


def named(*names: object, **changed: Any) -> Named:
    known = {"github.com/owner/other": "O"}
    asked: dict[str, Any] = {
        "resolve": lambda names: known.get(names[0]),
        "here": "R",
        "here_names": (HERE, "a" * 40),
        "person": person,
    }
    return Named(tuple(map(str, names)), **asked | changed)


def wrote(path: Path, *rows: object, text: str = "") -> Path:
    path.write_text(text or json.dumps(rows), encoding="utf-8")
    return path


def requests(rows: Iterable[object]) -> list[tuple[str, int]]:
    return [(row.repository_id, row.number) for row in rows if isinstance(row, Request)]


def left_out(rows: Iterable[object]) -> list[tuple[str, str]]:
    return [(row.what, row.why) for row in rows if isinstance(row, Skip)]


def test_a_list_is_read_whole_each_time(tmp_path: Path) -> None:
    path = wrote(tmp_path / "prs.json", gh(7), gh(8, state="CLOSED"))
    rows = list(read_named(named(path)))
    assert requests(rows) == [("R", 7), ("R", 8)]
    assert rows[0] == Settled(str(path), is_whole=True), "what was said of the file before holds no more"
    assert rows == list(read_named(named(path)))


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(row) for row in (rest(7), rest(8))),
        json.dumps([rest(7)]) + json.dumps([rest(8)]),
        json.dumps([[rest(7)], [rest(8)]]),
        json.dumps([rest(7), rest(8)], indent=2),
        "\ufeff" + json.dumps([rest(7), rest(8)]),
    ],
    ids=["lines", "pages", "slurped", "indented", "marked"],
)
def test_pages_and_lines_are_read_to_their_end(tmp_path: Path, text: str) -> None:
    assert requests(read_named(named(wrote(tmp_path / "pulls.json", text=text)))) == [("R", 7), ("R", 8)]


def test_a_list_that_was_cut_off_says_so(tmp_path: Path) -> None:
    rows = list(read_named(named(wrote(tmp_path / "pulls.json", text=json.dumps([[rest(7)], [rest(8)]])[:-30]))))
    assert (requests(rows), [what for what, _ in left_out(rows)]) == ([("R", 7)], ["line"])


def test_forms_may_stand_in_files_side_by_side(tmp_path: Path) -> None:
    table = wrote(tmp_path / "t.csv", text="number;opened;merged;closed\n9;2026-03-01;;2026-03-02\n")
    payload = {"action": "closed", "pull_request": rest(10), "repository": {}, "sender": {"login": "eve"}}
    files = [wrote(tmp_path / "a.json", gh(7)), wrote(tmp_path / "b.json", rest(8)), table]
    rows = list(read_named(named(*files, wrote(tmp_path / "event.json", text=json.dumps(payload, indent=1)))))
    assert requests(rows) == [("R", 7), ("R", 8), ("R", 9), ("R", 10)]
    assert "#eve" in {row.actor for row in rows if isinstance(row, Event)}


def test_each_request_goes_to_its_own_repository_or_nowhere(tmp_path: Path) -> None:
    page = "https://github.com/{}/pull/1"
    rows = [
        gh(1, url=page.format("Owner/Name")),
        gh(2, url=page.format("owner/other")),
        gh(3, url=page.format("owner/third")),
        gh(4, url=None),
        gitlab(5),
    ]
    found = list(read_named(named(wrote(tmp_path / "prs.json", *rows))))
    assert requests(found) == [("R", 1), ("O", 2), ("R", 4)]
    ((what, why),) = left_out(found)
    assert what == "row"
    assert "github.com/owner/third, which this ledger does not know" in why
    assert "gitlab.example.org/group/part/name" in why
    assert {row.repository_id for row in found if isinstance(row, Event) and row.subject == "request:2"} == {"O"}


def test_a_person_may_say_that_it_is_this_repository_under_another_name(tmp_path: Path) -> None:
    path = wrote(tmp_path / "prs.json", gitlab(5))
    asked = named(path, also_here=("gitlab.example.org/Group/part/name",))
    assert requests(read_named(asked)) == [("R", 5)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"foo": 1}', "they describe requests in no form that is known"),
        ('[{"number": 7, "createdAt": "2026-03-01T09:00:00Z"}]', "they lack mergedAt, closedAt"),
        ("[1, 2]", "2 broken records"),
        ("{", "1 broken record"),
        ("number,opened\n7,2026-03-01\n", "there is no column merged and none closed"),
        ("just words", "It holds no request."),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_command_to_type(tmp_path: Path, text: str, why: str) -> None:
    path = wrote(tmp_path / "prs.json", text=text)
    ((what, said),) = left_out(read_named(named(path)))
    assert what == "file"
    assert why in said
    assert said.endswith("reviews,url > prs.json, then run ledger ci import prs.json.")


def test_an_empty_list_holds_no_request_and_nothing_is_wrong(tmp_path: Path) -> None:
    for text in ("[]", "[ ]\n", "\ufeff[]"):
        assert left_out(read_named(named(wrote(tmp_path / "prs.json", text=text)))) == []


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> list[object]:
        stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(text.encode())))
        monkeypatch.setattr("sys.stdin", stream)
        return list(read_named(named("-")))

    assert requests(given(json.dumps([gh(7)]))) == [("R", 7)]
    assert left_out(given("[]")) == []
    assert left_out(given("{}"))[0][0] == "file"


def test_a_file_that_is_not_there_ends_it_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        list(read_named(named(tmp_path / "nothing.json")))
