"""A CI job's own ref: created by one push, never replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.exchange.ci_refs import publish_record, record_name
from ledger.git import Git
from tests.exchange.remotes import bare, clone, hook, refs
from tests.gitting import git


def test_a_job_publishes_from_a_shallow_clone_and_a_second_time_without_effect(tmp_path: Path) -> None:
    server = bare(tmp_path)
    opened = Git.open(clone(server, tmp_path / "job", "--depth=1"))
    name = record_name("202611", "77", 1, "test", "3.12")
    ref, pushed = publish_record(opened, "origin", name, ['{"v":1}', '{"v":1,"a":2}'])
    assert pushed.is_done
    assert ref == "refs/ledger/ci/202611/77-1-test-3.12"
    assert publish_record(opened, "origin", name, ['{"v":1}', '{"v":1,"a":2}']) == (ref, pushed)
    assert list(refs(server)) == [ref]
    assert git(server, "show", f"{ref}:entries.jsonl") == '{"v":1}\n{"v":1,"a":2}'
    assert git(server, "log", "--format=%P", ref) == ""


def test_a_second_record_of_a_job_stands_beside_the_first(tmp_path: Path) -> None:
    server = bare(tmp_path)
    opened = Git.open(tmp_path / "seed")
    first, _ = publish_record(opened, "origin", "202611/77-1-test", ["1"])
    second, pushed = publish_record(opened, "origin", "202611/77-1-test", ["2"])
    assert pushed.is_done
    assert second == f"{first}.{git(server, 'rev-parse', second)[:12]}"
    assert {git(server, "show", f"{ref}:entries.jsonl") for ref in refs(server)} == {"1", "2"}
    hook(server, "pre-receive", "exit 1")
    assert not publish_record(opened, "origin", "202611/78-1-test", ["1"])[1].is_done


def test_a_name_is_a_valid_ref_whatever_a_job_is_called(repository: Path) -> None:
    names = ["build / test (a..b)", "build / test (a::b)", "-x.lock", "..", "", "ä~^:?*[\\", "x" * 300, "y.lock"]
    refs_ = [f"refs/ledger/ci/{record_name('202611', '1', 2, name, name)}" for name in names]
    assert len(set(refs_)) == len(names)
    for ref in refs_:
        git(repository, "check-ref-format", ref)


@pytest.mark.parametrize(("leg", "name"), [("", "202611/1-2-unit-test"), ("3.12", "202611/1-2-unit-test-3.12")])
def test_a_plain_name_stays_as_it_is(leg: str, name: str) -> None:
    assert record_name("202611", "1", 2, "unit-test", leg) == name


def test_a_part_that_does_not_fit_has_a_digest_behind_it() -> None:
    assert record_name("202611", "1", 2, "..", "a b") == "202611/1-2-x.5ec1f7e7-a_b.c8687a08"
