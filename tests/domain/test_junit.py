"""JUnit XML: each dialect's rule, what is refused, and any bytes in any pieces."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.junit import DEEPEST, LONGEST_TAG, JUnit
from ledger.domain.test_reports import Counts, Header, Results

PASSING = '<testcase classname="a" name="b" time="0.5"/>'


def read(text: str | bytes, piece: int = 1 << 20) -> Results:
    """The report of a text that comes in pieces."""
    whole = text if isinstance(text, bytes) else text.encode()
    reader = JUnit()
    for start in range(0, len(whole), piece):
        if not reader.feed(whole[start : start + piece]):
            break
    return reader.close()


def suite(*cases: str, told: str = "") -> str:
    return f"<testsuite {told}>{''.join(cases)}</testsuite>"


def suites(*inner: str) -> str:
    return f"<testsuites>{''.join(inner)}</testsuites>"


def case(*children: str, told: str = 'name="x"') -> str:
    return f"<testcase {told}>{''.join(children)}</testcase>"


@pytest.mark.parametrize(
    ("children", "wanted"),
    [
        ((), Counts(tests=1)),
        (("<failure/>",), Counts(tests=1, failures=1)),
        (("<failure/>", "<failure>again</failure>"), Counts(tests=1, failures=1)),
        (("<error/>",), Counts(tests=1, errors=1)),
        (("<skipped/>",), Counts(tests=1, skipped=1)),
        (("<skipped/>", "<failure/>", "<error/>"), Counts(tests=1, errors=1)),
        (("<skipped/>", "<failure/>"), Counts(tests=1, failures=1)),
        (("<system-out><failure/></system-out>",), Counts(tests=1)),
        (("<flakyFailure/>", "<flakyError/>"), Counts(tests=1, flaky=1)),
        (("<failure/>", "<rerunFailure/>", "<rerunError/>"), Counts(tests=1, failures=1, rerun=1)),
        (("<failure/>", "<flakyFailure/>"), Counts(tests=1, failures=1)),
        (("<rerunFailure/>",), Counts(tests=1)),
        (("<Failure/>",), Counts(tests=1)),
    ],
)
def test_the_children_of_a_case_tell_how_it_ended(children: tuple[str, ...], wanted: Counts) -> None:
    assert read(suite(case(*children))).counts == wanted


@pytest.mark.parametrize(
    "told", ['status="notrun"', 'status="disabled"', 'status="Skipped"', 'result="suppressed"', 'result="SKIPPED"']
)
def test_a_case_that_says_it_was_not_run_is_skipped(told: str) -> None:
    assert read(suite(case(told=told))).counts == Counts(tests=1, skipped=1)


def test_other_words_of_status_tell_nothing() -> None:
    assert read(suite(case(told='status="run" result="completed"'))).counts == Counts(tests=1)


@pytest.mark.parametrize(
    "text",
    [
        f"<testsuites>{suite(PASSING)}</testsuites>",
        suite(suite(suite(PASSING))),
        f"<testsuites>{PASSING}</testsuites>",
        f'<j:testsuites xmlns:j="urn:x"><j:testsuite>{PASSING}</j:testsuite></j:testsuites>',
        f'<testsuite xmlns="urn:x">{PASSING}</testsuite>',
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<!-- by -->{suite(PASSING)}\n',
    ],
)
def test_suites_nest_as_they_like_with_namespaces_or_without(text: str) -> None:
    found = read(text)
    assert (found.counts, found.problems, found.conclusion) == (Counts(tests=1), (), "passed")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_report_may_be_in_any_encoding_that_it_names(encoding: str) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{name}"?>{suite(case("<failure>é</failure>"))}'
    assert read(text.encode(encoding)).counts == Counts(tests=1, failures=1)


@pytest.mark.parametrize("encoding", ["klingon", "shift_jis", "utf-7"])
def test_an_encoding_that_cannot_be_read_is_said(encoding: str) -> None:
    found = read(f'<?xml version="1.0" encoding="{encoding}"?>{suite(PASSING)}')
    assert found.problems == ("is written in an encoding that cannot be read; let its writer use UTF-8.",)
    assert found.conclusion == "unknown"


def pytest_suite(*cases: str) -> str:
    return suites(suite(*cases, told='name="pytest"'))


ANOTHER = case(told='name="y"')
FAILING = case("<failure/>")
BROKEN = case("<error/>")


@pytest.mark.parametrize(
    ("cases", "flaky", "rerun"),
    [
        ((case(), case()), 1, 0),
        ((case(), case(), case(), ANOTHER), 1, 0),
        ((case(), case(), FAILING, ANOTHER), 0, 1),
        ((case(), BROKEN), 0, 1),
        ((case(), case("<skipped/>")), 0, 0),
        ((FAILING, BROKEN), 0, 0),
        ((case(), ANOTHER, case()), 0, 0),
        ((case(), case(), ANOTHER, ANOTHER), 2, 0),
        ((case(told=""), case(told="")), 0, 0),
    ],
)
def test_tries_that_pytest_writes_as_passed_cases_are_known_by_their_name(
    cases: tuple[str, ...], flaky: int, rerun: int
) -> None:
    counts = read(pytest_suite(*cases)).counts
    assert (counts.tests, counts.flaky, counts.rerun) == (len(cases), flaky, rerun)


def test_equal_names_in_other_dialects_are_no_tries() -> None:
    assert read(suite(case(), case())).counts == Counts(tests=2)
    after = suites(suite(case(), told='name="pytest"'), suite(case(), told='name="other"'))
    assert read(after).counts == Counts(tests=2)


def test_the_header_is_the_roots_else_that_of_the_outermost_suites() -> None:
    inner = suite(PASSING, told='tests="7" failures="1"')
    assert read(suite(inner, told='tests="9"')).header == Header(tests=9)
    assert read(f"<testsuites>{inner}{inner}</testsuites>").header == Header(tests=14, failures=2)
    assert read(f'<testsuites tests="3">{inner}</testsuites>').header == Header(tests=3, failures=1)
    assert read(suite(PASSING)).header == Header()


def test_a_header_counts_only_where_no_test_is_listed() -> None:
    found = read('<testsuites tests="12" failures="2" errors="1" skipped="3"></testsuites>')
    assert found.is_from_header
    assert (found.counts, found.conclusion) == (Counts(tests=12, failures=2, errors=1, skipped=3), "failed")
    listed = read(suite(PASSING, told='tests="12" failures="2"'))
    assert (listed.is_from_header, listed.counts, listed.conclusion) == (False, Counts(tests=1), "passed")
    assert listed.disagrees
    assert not read(suite(PASSING, told='tests="1" failures="0"')).disagrees
    assert not read(suite(PASSING)).disagrees


@pytest.mark.parametrize("said", ["-1", "x", "", "1e3", "٣", "9" * 40, "1.5"])
def test_a_header_that_is_no_count_tells_none(said: str) -> None:
    assert read(suite(PASSING, told=f'tests="{said}"')).header.tests is None


def test_a_suite_that_breaks_outside_of_any_test_fails_and_is_no_test() -> None:
    found = read(suite(PASSING, "<error/>"))
    assert (found.counts, found.outside, found.conclusion) == (Counts(tests=1), 1, "failed")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (suite(PASSING, told='time="1,234.5"'), 1_234_500),
        ('<testsuites time="2">' + suite(PASSING, told='time="9"') + "</testsuites>", 2000),
        (suites(suite(told='time="1"'), suite(told='time="2.5"')), 3500),
        (suite(PASSING, PASSING), 1000),
        (suite(case()), None),
        (suite(case(told='time="-3"')), None),
        (suite(case(told='time="nan"')), None),
        (suite(case(told='time="1e400"')), None),
    ],
)
def test_how_long_it_took_is_the_roots_word_the_suites_or_the_tests(text: str, wanted: int | None) -> None:
    assert read(text).duration_ms == wanted


def test_nothing_listed_is_no_pass_and_all_skipped_is_skipped() -> None:
    assert read("<testsuites/>").conclusion == "unknown"
    assert read(suite(case("<skipped/>"))).conclusion == "skipped"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty: the run ended before it wrote its report."),
        ("<testsuite>", "is broken at line 1 (no element found): what comes after that was not counted."),
        (suite(PASSING) + "<more/>", "is broken at line 1 (junk after document element)"),
        (suite("\x1b[0m"), "is broken at line 1 (not well-formed (invalid token))"),
        ("\0", "is broken at line 1"),
        ("<html/>", "its outermost element is <html>, and a report of tests has <testsuites> or <testsuite>."),
        ("<TestRun/>", "it is a report of Visual Studio; let the tests write JUnit XML, or convert it."),
        ("<assemblies/>", "it is a report of xUnit.net"),
        ('<!DOCTYPE t [<!ENTITY a "b">]>' + suite("&a;"), "it declares a document type"),
        ('<!DOCTYPE t SYSTEM "file:///etc/passwd">' + suite(), "it declares a document type"),
        (suite("&nothing;"), "is broken at line 1 (undefined entity)"),
        ("<testsuite>" * (DEEPEST + 1), f"it nests more than {DEEPEST:,} elements"),
    ],
)
def test_what_cannot_be_read_is_one_plain_sentence(text: str | bytes, said: str) -> None:
    found = read(text)
    assert len(found.problems) == 1
    assert said in found.problems[0]
    assert found.problems[0].endswith(".")
    assert found.problems[0].isprintable()
    assert found.conclusion == "unknown"


def test_a_long_root_makes_no_long_sentence() -> None:
    (said,) = read("<" + "é" * 500 + "/>").problems
    assert len(said) < 200


def test_a_failure_that_was_read_stands_though_the_report_is_cut() -> None:
    found = read("<testsuite>" + FAILING + PASSING + "<testcase")
    assert (found.counts, found.conclusion, found.is_whole) == (Counts(tests=2, failures=1), "failed", False)


@pytest.mark.parametrize("opening", ['<testsuite><testcase name="', "<testsuite><!-- ", "<!-- ", "<testsuite><?x "])
def test_a_tag_or_comment_without_end_is_given_up_in_bounded_memory(opening: str) -> None:
    reader = JUnit()
    reader.feed(opening.encode())
    piece, fed = b"a" * (1 << 20), 0
    while reader.feed(piece):
        fed += len(piece)
        assert fed <= LONGEST_TAG
    assert "a tag or a comment of more than 16 MB" in reader.close().problems[0]


def test_output_of_any_length_is_no_tag_and_not_held() -> None:
    reader = JUnit()
    reader.feed(b"<testsuite><testcase><system-out><![CDATA[")
    tracemalloc.start()
    for _ in range(40):
        assert reader.feed(b"x\n" * (1 << 19))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reader.feed(b"]]></system-out></testcase></testsuite>")
    assert peak < LONGEST_TAG
    assert reader.close().counts == Counts(tests=1)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_end_in_a_report_however_they_are_cut(text: bytes, piece: int) -> None:
    found = read(text, piece)
    assert found.problems
    assert found.conclusion == "unknown"


_PARTS = st.sampled_from(
    ["<testsuites>", "</testsuites>", "<testsuite>", "</testsuite>", "<testcase>", "</testcase>", "<failure/>", "x",
     "<error/>", "<skipped/>", "<flakyFailure/>", PASSING, "<![CDATA[", "]]>", "<!-- -->", "&lt;", "\0", "<", '"']
)  # fmt: skip


@given(st.lists(_PARTS, max_size=40), st.integers(1, 30))
def test_pieces_change_nothing_and_counts_add_up(parts: list[str], piece: int) -> None:
    text = "".join(parts)
    whole = read(text)
    cut = read(text, piece)
    assert (cut.counts, cut.header, cut.outside) == (whole.counts, whole.header, whole.outside)
    counts = whole.counts
    assert counts.failures + counts.errors + counts.skipped + counts.flaky <= counts.tests


_ENDS = ("", "<failure/>", "<error/>", "<skipped/>")


@given(st.lists(st.sampled_from(_ENDS), max_size=30), st.integers(0, 4), st.text(max_size=20))
def test_what_was_written_is_what_is_counted(ends: list[str], nested: int, output: str) -> None:
    shown = "".join(f"&#{ord(letter)};" for letter in output if letter.isprintable())
    cases = "".join(case(end, f"<system-out>{shown}</system-out>") for end in ends)
    found = read("<testsuite>" * nested + suite(cases) + "</testsuite>" * nested)
    assert found.problems == ()
    assert found.counts == Counts(
        tests=len(ends), failures=ends.count(_ENDS[1]), errors=ends.count(_ENDS[2]), skipped=ends.count(_ENDS[3])
    )
