"""The demo in a directory: real git, the same object ids for the same seed, and nothing overwritten."""

import json
import subprocess
from pathlib import Path

import pytest

from ledger.demo.history import count_happenings
from ledger.demo.make import Demo, make_demo
from ledger.demo.plan import Scenario
from ledger.demo.scenario import draw_scenario
from ledger.errors import LedgerError

CHANGES = 24


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return draw_scenario(seed=3, changes=CHANGES)


@pytest.fixture(scope="module")
def demo(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return make_demo(scenario, tmp_path_factory.mktemp("one"))


def test_the_same_seed_gives_the_same_object_ids(demo: Demo, scenario: Scenario, tmp_path: Path) -> None:
    steps: list[int] = []
    again = make_demo(scenario, tmp_path / "two", lambda: steps.append(1))
    assert _git(again, "for-each-ref") == _git(demo, "for-each-ref")
    assert len(steps) == count_happenings(scenario)
    assert again.entries.read_bytes() == demo.entries.read_bytes()


def test_every_planned_change_is_in_the_history_as_planned(demo: Demo, scenario: Scenario) -> None:
    trunk = _git(demo, "log", "--first-parent", "--format=%P|%s", "main").splitlines()
    for change in scenario.changes:
        merges = [line for line in trunk if f"Merge pull request #{change.number} from" in line]
        squashes = [line for line in trunk if line.endswith(f"(#{change.number})")]
        assert len(merges) == (change.outcome == "accepted" and change.landing == "merge")
        assert len(squashes) == (change.outcome == "accepted" and change.landing == "squash")
        assert all(len(line.partition("|")[0].split()) == 2 for line in merges)


def test_hooks_write_trailers_for_commits_that_a_model_was_declared_for(demo: Demo, scenario: Scenario) -> None:
    messages = _git(demo, "log", "--branches", "--format=%at %B%x00").split("\0")
    by_date = {int(text.split()[0]): text for text in messages if text.strip()}
    turns = [turn for change in scenario.changes for turn in change.turns if turn.commit]
    kept = [turn for turn in turns if turn.commit and int(turn.commit.at.timestamp()) in by_date]
    assert len(kept) == len(turns)
    for turn in kept:
        assert turn.commit is not None
        text = by_date[int(turn.commit.at.timestamp())]
        key = "Ledger-Review" if turn.role == "review" else "Assisted-by"
        is_told = turn.commit.voice in ("environment", "use", "trailer")
        assert (f"{key}: claude-code:{turn.model}" in text) == is_told, text
        assert ("Co-Authored-By: Claude" in text) == (turn.commit.voice == "coauthor")


def test_merges_and_people_get_no_trailer_and_squashes_name_the_models_of_what_they_squashed(
    demo: Demo, scenario: Scenario
) -> None:
    landed = _git(demo, "log", "--first-parent", "--format=%s%x1f%(trailers:key=Assisted-by,valueonly)%x00", "main")
    squashed = {f"{change.title} (#{change.number})": change for change in scenario.changes}
    for subject, trailers in (row.strip("\n").split("\x1f") for row in landed.split("\0") if row.strip()):
        change = squashed.get(subject)
        said = {"environment", "use", "trailer"}
        turns = change.turns if change else ()
        models = {turn.model for turn in turns if turn.commit and turn.commit.voice in said and turn.role != "review"}
        assert set(trailers.split()) == {f"claude-code:{model}" for model in models}, subject


def test_entries_name_requests_and_runs_by_real_object_ids(demo: Demo, scenario: Scenario) -> None:
    entries = [json.loads(line) for line in demo.entries.read_text().splitlines()]
    requests = [entry["body"] for entry in entries if entry["kind"] == "request"]
    runs = [entry["body"] for entry in entries if entry["kind"] == "run"]
    assert [body["number"] for body in requests] == [change.number for change in scenario.changes]
    assert len(runs) >= CHANGES
    assert {body["conclusion"] for body in runs} == {"passed", "failed"}
    oids = {body["oid"] for body in runs} | {body["head_oid"] for body in requests}
    kinds = _git(demo, "cat-file", "--batch-check=%(objecttype)", stdin="\n".join(sorted(oids)))
    assert set(kinds.split()) == {"commit"}


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path, scenario: Scenario) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(LedgerError, match="not an empty directory"):
        make_demo(scenario, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def _git(demo: Demo, *arguments: str, stdin: str = "") -> str:
    return subprocess.run(
        ["git", *arguments], cwd=demo.repository, input=stdin, capture_output=True, text=True, check=True
    ).stdout
