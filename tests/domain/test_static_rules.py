"""Static rules: what can be written, what is refused and how, and which rule a change falls to."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.static_rules import KEYS, MOST, Rule, check_reached, parse, spelled_out
from ledger.domain.tasks import GROUPED, MAINT, TYPES
from ledger.errors import LedgerError


def refusal(text: str) -> str:
    with pytest.raises(LedgerError) as error:
        parse(text)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "wanted", "model"),
    [
        ("docs -> a", {"task_type": ("docs",)}, "a"),
        ("docs→a", {"task_type": ("docs",)}, "a"),
        ("  fix ,docs ->  a  ", {"task_type": ("fix", "docs")}, "a"),
        ("bug, fix, documentation -> a", {"task_type": ("fix", "docs")}, "a"),
        ("MAINT -> a", {"task_type": ("maint",)}, "a"),
        ("task=fix -> a", {"task_type": ("fix",)}, "a"),
        ("type = fix -> a", {"task_type": ("fix",)}, "a"),
        ("fix area=auth,payments -> a", {"task_type": ("fix",), "area": ("auth", "payments")}, "a"),
        (
            "area=auth and fix and stakes=HIGH -> a",
            {"task_type": ("fix",), "area": ("auth",), "stakes": ("high",)},
            "a",
        ),
        ('area="the web shop" -> "gpt 5"', {"area": ("the web shop",)}, "gpt 5"),
        ("package=packages/web -> qwen3:8b", {"package": ("packages/web",)}, "qwen3:8b"),
        ('package="a;b#c,d=e" -> a', {"package": ("a;b#c,d=e",)}, "a"),
        ("area=Else, and -> a", {"area": ("Else", "and")}, "a"),
        ("else -> a", {}, "a"),
        ("ELSE -> a # the rest", {}, "a"),
    ],
)
def test_a_rule_says_who_starts_what(text: str, wanted: dict[str, tuple[str, ...]], model: str) -> None:
    assert parse(text) == (Rule(wanted, model),)


def test_lines_and_semicolons_end_rules_and_comments_say_nothing() -> None:
    text = "\ufeff# our practice\r\n\r\ndocs -> a; fix -> b ;; # and\n   \nelse -> c; # docs -> d\r"
    assert [str(rule) for rule in parse(text)] == ["docs -> a", "fix -> b", "else -> c"]
    assert [rule.line for rule in parse(text)] == [3, 3, 5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no rule; write them like 'docs -> MODEL; else -> OTHER'."),
        ("# nothing\n;;", "There is no rule"),
        ("fix x", "Line 1: a rule is CONDITION -> MODEL, with one arrow in it."),
        ("docs -> a -> b", "with one arrow in it"),
        ("docs -> a\n\n-> b", "Line 3: there is nothing before the arrow; write else for all that no rule before it"),
        ("docs ->", "one model's name was expected after the arrow, in quotation marks if it has blanks"),
        ("docs -> gpt 5", "one model's name was expected"),
        ('docs -> ""', "one model's name was expected"),
        ("docs -> a,b", "one model's name was expected"),
        ('docs -> "gpt', "a name begins with a quotation mark and does not end with one"),
        (
            "fixx -> a",
            "Line 1: no task type is called fixx here; did you mean fix? A part of the code is asked for with",
        ),
        ("else fix -> a", "Line 1: else stands alone."),
        ("fix else -> a", "task type is asked for twice"),
        ("fix docs -> a", "the task type is asked for twice; put commas between names of which one is enough"),
        ("area=a area=b -> a", "area is asked for twice"),
        ("fix, area=auth -> a", "a comma parts names of one kind; part what has to hold at once by a blank or `and`"),
        ("fix,, docs -> a", "a name was expected"),
        ("area= -> a", "a name was expected"),
        ('area="" -> a', "a name was expected"),
        ("area==x -> a", "a name was expected"),
        ("fix and -> a", "something was expected after `and`"),
        ("stakes=huge -> a", "stakes are high or normal, not huge"),
        (
            "area!=auth -> a",
            "after area only = can stand, not !=; what is to be left out goes to a rule before this one",
        ),
        ("repository=x -> a", "a rule cannot go by repository; it goes by the task type, area=, stakes= or package="),
        ('"area"=x -> a', "a rule cannot go by area"),
        ("model=opus -> a", "a rule cannot go by model"),
        ("\x1b[31m=x -> a", "a rule cannot go by ·[31m"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_line_and_what_was_expected(text: str, words: str) -> None:
    said = refusal(text)
    assert words in said
    assert "\x1b" not in said
    assert said.endswith((".", "?"))


@pytest.mark.parametrize("word", ["size", "files", "cost", "outcome", "lines", "attempts", "review", "tokens"])
@pytest.mark.parametrize("form", ["{} -> a", "{}=5 -> a", "{} > 300 -> a", "fix {}<=9 -> a", "{}, fix -> a"])
def test_what_only_shows_later_is_refused_with_the_reason(word: str, form: str) -> None:
    assert refusal(form.format(word)) == (
        f"Line 1: {word} is not known before a change is tried, so no rule can go by it; type, area, stakes and "
        "package are."
    )


@pytest.mark.parametrize(
    ("text", "later", "earlier"),
    [
        ("else -> a\ndocs -> b", "docs -> b", "else -> a"),
        ("docs -> a\ndocs -> b", "docs -> b", "docs -> a"),
        ("docs -> a\ndocs -> a", "docs -> a", "docs -> a"),
        ("fix,docs -> a\ndocs -> b", "docs -> b", "fix,docs -> a"),
        ("fix -> a\nfix area=auth -> b", "fix area=auth -> b", "fix -> a"),
        ("maint -> a\nrefactor,ci -> b", "refactor,ci -> b", "maint -> a"),
        (f"{','.join(GROUPED)} -> a\nmaint -> b", "maint -> b", f"{','.join(GROUPED)} -> a"),
        ("else -> a\nelse -> b", "else -> b", "else -> a"),
    ],
)
def test_a_rule_that_nothing_ever_reaches_is_refused(text: str, later: str, earlier: str) -> None:
    assert refusal(text) == (
        f"Line 2: no change ever reaches {later}, since {earlier} before it takes them all; the first rule that fits "
        "counts."
    )


@pytest.mark.parametrize(
    "text",
    [
        "docs -> a\nfix,docs -> b",
        "fix area=auth -> a\nfix -> b",
        "fix area=auth -> a\nfix stakes=high -> b",
        "refactor -> a\nmaint -> b",
        "docs -> a\narea=auth -> b",
    ],
)
def test_a_rule_that_an_earlier_one_leaves_something_to_stands(text: str) -> None:
    check_reached(parse(text))


def test_there_is_an_end_to_rules_and_to_their_length() -> None:
    many = "\n".join(f"area=a{number} -> m" for number in range(MOST))
    assert len(parse(many)) == MOST
    assert refusal(f"{many}\ndocs -> m") == "Line 101: there are more than 100 rules; put some of them together."
    assert refusal("#" * 70_000) == "These rules are 70,000 characters long; 65,536 are more than any need."


def test_a_change_falls_to_a_rule_by_all_that_the_rule_asks_for() -> None:
    (rule,) = parse("fix,docs area=auth stakes=high -> a")
    known = {"task_type": "fix", "area": "auth", "stakes": "high"}
    assert rule.fits(known)
    assert rule.fits({**known, "task_type": "docs"})
    assert not any(rule.fits({**known, key: "other"}) for key in known)
    assert not rule.fits({"task_type": "fix", "area": "auth"})
    assert Rule({}, "a").fits({})


def test_types_that_keep_things_in_order_are_maint_together() -> None:
    assert spelled_out("task_type", ("maint",)) == {*GROUPED, MAINT}
    assert spelled_out("task_type", GROUPED) == {*GROUPED, MAINT}
    assert spelled_out("task_type", ("refactor", "fix")) == {"refactor", "fix"}
    assert spelled_out("area", ("maint",)) == {"maint"}


NAMES = st.text(st.characters(exclude_characters='"\n\r', exclude_categories=["Cs"]), min_size=1, max_size=12)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "task_type": st.lists(st.sampled_from((*TYPES, MAINT)), min_size=1, max_size=3, unique=True).map(tuple),
        "area": st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple),
        "stakes": st.lists(st.sampled_from(("high", "normal", "unknown")), min_size=1, unique=True).map(tuple),
        "package": st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple),
    },
)


@given(CONDITIONS, NAMES)
def test_a_rule_that_is_written_down_and_read_again_is_the_same(wanted: dict[str, tuple[str, ...]], model: str) -> None:
    rule = Rule({key: wanted[key] for key in KEYS if key in wanted}, model)
    assert parse(str(rule)) == (rule,)
    assert parse(f"{rule} # a comment") == (rule,)


PIECES = st.sampled_from(
    ["docs", "fix", "else", "and", "->", ">", "=", ",", ";", "\n", " ", '"', "#", "area", "stakes", "size", "\x00", "…"]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
def test_any_text_is_rules_or_one_sentence(text: str) -> None:
    try:
        rules = parse(text)
    except LedgerError as error:
        said = str(error)
        assert "\n" not in said
        assert said.endswith((".", "?", "area=NAME."))
        assert re.match(r"Line \d+: |There is no rule|These rules are", said)
    else:
        assert rules
        assert parse("\n".join(map(str, rules))) == rules
