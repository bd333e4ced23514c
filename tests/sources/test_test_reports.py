"""Reports as files: the real samples, any bytes, patterns, and a large file in flat memory."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.test_reports import Counts, Header
from ledger.sources import test_reports
from ledger.sources.test_reports import READERS, found_reports, read_report

JUNIT = '<testsuite tests="1"><testcase name="a"/></testsuite>'
FORMS = {
    "junit": JUNIT,
    "ctrf": '{"results": {"summary": {"tests": 1}, "tests": [{"name": "a", "status": "passed"}]}}',
    "go": '{"Action":"run","Package":"p","Test":"a"}\n{"Action":"pass","Package":"p","Test":"a"}\n'
    '{"Action":"pass","Package":"p"}\n',
    "reportlog": '{"$report_type": "SessionStart"}\n'
    '{"nodeid": "a", "when": "teardown", "outcome": "passed", "$report_type": "TestReport"}\n'
    '{"exitstatus": 0, "$report_type": "SessionFinish"}\n',
}
_TRIED_BY_PYTEST = {"local_pytest9_xunit1_allkinds.xml": (1, 1), "local_pytest9_xunit2_allkinds.xml": (1, 1)}
"""(flaky, run again) that stand in no mark: two tests that pytest wrote three times each."""


def test_the_real_reports_are_the_ground_truth(samples: Path) -> None:
    truth = json.loads((samples / "junit/ground_truth.json").read_text())
    broken = [name for name, wanted in truth.items() if "parse_error" in wanted]
    for name, wanted in truth.items():
        found = read_report(samples / "junit" / name)
        if name in broken:
            (problem,) = found.problems
            assert problem.startswith(f"{samples / 'junit' / name} "), name
            assert problem.endswith("."), name
            assert problem.isprintable(), name
            continue
        assert found.problems == (), name
        marked = _TRIED_BY_PYTEST.get(name, (wanted["flaky_marked"], wanted["rerun_marked"]))
        assert found.counts == Counts(
            tests=wanted["tests"],
            failures=wanted["failures"],
            errors=wanted["errors"],
            skipped=wanted["skipped"] + wanted["disabled_by_attr"],
            flaky=marked[0],
            rerun=marked[1],
        ), name
        told = {key: wanted["header"][key] for key in ("tests", "failures", "errors", "skipped")}
        assert found.header == Header(**told), name
    assert broken


def test_the_real_builds_that_were_run_again_are_green_or_red_by_their_last_try(samples: Path) -> None:
    assert read_report(samples / "junit/surefire_flaky_failure.xml").conclusion == "passed"
    assert read_report(samples / "junit/marathon_flaky_mixed.xml").conclusion == "passed"
    assert read_report(samples / "junit/surefire_rerun_always_fail.xml").conclusion == "failed"
    assert read_report(samples / "junit/jenkins_nested_suites.xml").conclusion == "failed"


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_told_by_its_beginning_and_read(form: str, tmp_path: Path) -> None:
    assert set(FORMS) == set(READERS)
    path = tmp_path / "report"
    path.write_text(FORMS[form])
    found = read_report(path)
    assert (found.form, found.counts, found.conclusion) == (form, Counts(tests=1), "passed")
    path.write_bytes(b"\xef\xbb\xbf \n" + FORMS[form].encode())
    assert read_report(path).counts == Counts(tests=1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty: the run ended before it wrote its report."),
        (" \n\n", "is empty: the run ended before it wrote its report."),
        ("PASSED all", "is no report of tests: JUnit XML, CTRF, go test -json and pytest's report log are read."),
        ("<testsuite>", "is broken at line 1 (no element found): what comes after that was not counted."),
    ],
)
def test_a_file_that_is_none_is_named_in_a_sentence(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(content)
    assert read_report(path).problems == (f"{path} {said}",)


def test_what_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    assert read_report(tmp_path / "none").problems == (
        f"{tmp_path / 'none'} cannot be read (No such file or directory); make it readable, or name another.",
    )
    assert len(read_report(tmp_path).problems) == 1


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = found_reports(tmp_path, ["*"])
    assert found == {}
    assert read_report(Path(os.devnull)).problems == (f"{os.devnull} is no file; name the report itself.",)


def test_a_file_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_reports, "_LARGEST", 3 << 20)
    path = tmp_path / "large.xml"
    path.write_text("<testsuite>" + " " * (4 << 20) + "</testsuite>")
    (said,) = read_report(path).problems
    assert said == f"{path} is larger than 8 GB and was not read on; let the run write smaller reports."


def test_a_large_report_is_read_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    case = f'<testcase name="a" classname="b"><failure message="m">{"x" * 2000}</failure></testcase>\n'
    with path.open("w") as file:
        file.write("<testsuites><testsuite>")
        for _ in range(200):
            file.write(case * 100)
        file.write("</testsuite></testsuites>")
    tracemalloc.start()
    found = read_report(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 40_000_000
    assert found.counts == Counts(tests=20_000, failures=20_000)
    assert peak < 8_000_000


def _names(folder: Path, *patterns: str) -> Iterator[str]:
    return (str(path.relative_to(folder)) for path in sorted(found_reports(folder, patterns)))


def test_patterns_name_files_below_the_folder(tmp_path: Path) -> None:
    for name in ("a.xml", "deep/er/b.xml", ".hidden/c.xml", "[1].xml", "a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(JUNIT)
    assert list(_names(tmp_path, "*.xml")) == ["[1].xml", "a.xml"]
    assert list(_names(tmp_path, "**/*.xml")) == [".hidden/c.xml", "[1].xml", "a.xml", "deep/er/b.xml"]
    assert list(_names(tmp_path, "[1].xml")) == ["[1].xml"]
    assert list(_names(tmp_path, "a.xml", "a.*")) == ["a.txt", "a.xml"]
    assert list(_names(tmp_path, str(tmp_path / "deep/**/*.xml"))) == ["deep/er/b.xml"]
    assert list(_names(tmp_path, "nothing*", "deep")) == []


def test_a_file_that_is_written_again_is_told_from_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(JUNIT)
    before = found_reports(tmp_path, ["*.xml"])
    assert found_reports(tmp_path, ["*.xml"]) == before
    path.unlink()
    path.write_text(JUNIT + "\n")
    assert found_reports(tmp_path, ["*.xml"]) != before


def test_no_more_files_are_read_than_any_run_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_reports, "_MOST_FILES", 3)
    for number in range(5):
        (tmp_path / f"{number}.xml").write_text(JUNIT)
    assert len(found_reports(tmp_path, ["*.xml"])) == 3


@given(st.binary(max_size=200), st.sampled_from([*map(str.encode, FORMS.values()), b""]), st.integers(0, 200))
def test_any_bytes_in_any_report_end_in_counts_or_a_sentence(noise: bytes, form: bytes, at: int) -> None:
    path = Path(os.environ["HOME"]) / "report"
    path.write_bytes(form[:at] + noise + form[at:])
    found = read_report(path)
    assert found.conclusion in ("passed", "failed", "skipped", "unknown")
    assert found.conclusion != "unknown" or found.problems or not found.counts.tests
    assert all(problem.startswith(str(path)) for problem in found.problems)
