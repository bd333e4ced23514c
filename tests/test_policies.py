"""A policy is read from either file, and what cannot be used is told with file, line, key, and what is allowed."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.policy import (
    Band,
    CostRule,
    PathRule,
    Policy,
    ReviewRule,
    RoleRule,
    SizeRule,
    SourceRule,
    TrailerRule,
)
from ledger.errors import BadSetting
from ledger.policies import parse_policy

WHOLE = """\
[policy]
level = "fail"
[policy.roles]
level = "warn"
allow = { "claude-haiku*" = ["scout"], gpt = [] }
[policy.review]
[policy.trailers]
required = ["Ledger-Task"]
[policy.cost.bands]
any = { warn = 0.1, fail = 10 }
fix = { fail = "2.50" }
[policy.size]
files = 3
without = ["*.lock"]
[policy.tests]
tests = ["checks/"]
not_for = ["style"]
[[policy.paths]]
when = ["a/"]
then = ["b"]
because = "so"
"""


def refused(text: str, file: str = "ledger.toml") -> str:
    with pytest.raises(BadSetting) as error:
        parse_policy(text, file)
    return str(error.value)


def test_the_whole_policy_is_read_and_amounts_are_exact() -> None:
    assert parse_policy(WHOLE, "ledger.toml") == Policy(
        roles=RoleRule("warn", (("claude-haiku*", ("scout",)), ("gpt", ()))),
        review=ReviewRule("fail"),
        trailers=TrailerRule("fail", ("Ledger-Task",), "models"),
        cost=CostRule("fail", (("any", Band(100_000_000, 10 * 10**9)), ("fix", Band(None, 2_500_000_000)))),
        size=SizeRule("fail", 3, None, ("*.lock",)),
        tests=SourceRule("fail", None, ("checks/",), ("style",)),
        paths=(PathRule("fail", ("a/",), ("b",), "so"),),
    )


def test_in_pyproject_it_stands_below_the_tool() -> None:
    text = "[project]\nname = 'x'\n[tool.ledger.policy.review]\nlevel = 'fail'\n[policy.size]\nfiles = 'many'\n"
    assert parse_policy(text, "pyproject.toml") == Policy(review=ReviewRule("fail"))
    assert refused("\n\n[tool.ledger.policy]\nlevel = 1\n", "pyproject.toml").startswith("pyproject.toml, line 4: ")


@pytest.mark.parametrize("text", ["", "authors = 'plain'\n[areas]\nx = 'y'\n", "policies = 3"])
def test_without_a_policy_there_is_none(text: str) -> None:
    assert parse_policy(text, "ledger.toml") is None


def test_an_empty_policy_has_no_rule_and_without_a_level_rules_warn() -> None:
    assert parse_policy("[policy]", "ledger.toml") == Policy()
    assert parse_policy("[policy.review]", "ledger.toml") == Policy(review=ReviewRule("warn"))
    assert parse_policy("[policy]\nlevel = 'off'\nreview = {}\nsize = { files = 1 }", "ledger.toml") == Policy()


LEVELS = "level must be one of off, warn, fail."
ERRORS = [
    ("policy = 3", "line 1: policy is 3; it must be a table, as in [policy]."),
    ("[policy]\nlevel = 'hard'", f"line 2: policy.level is 'hard'; {LEVELS}"),
    ("[policy]\n\n[policy.review]\nlevel = true", f"line 4: policy.review.level is true; {LEVELS}"),
    (
        "[policy.sise]",
        "line 1: policy has 'sise'; it may have level, roles, review, trailers, cost, size, tests, paths.",
    ),
    ("[policy.size]\nfile = 3", "line 2: policy.size has 'file'; it may have level, files, lines, without."),
    ("policy.tests.tests = ['a']\npolicy.tests.x.y = 1", "line 2: policy.tests has 'x'; it may have level, source, "),
    ("policy.size = 1", "policy.size is 1; size must be a table; docs/policy.md has the keys of each rule."),
    ("[policy.size]\nfiles = true", "line 2: policy.size.files is true; files must be a whole number above 0."),
    ("[policy.size]\nlines = 0", "policy.size.lines is 0; lines must be a whole number above 0."),
    ("[policy.size]", "policy.size is a table, but it has neither files nor lines; size must be a table"),
    ("[policy.size]\nfiles = 1\nwithout = [\n'a',\n'[z-a]']", "line 5: policy.size.without[1] is '[z-a]', but it has"),
    ("[policy.roles]", "line 1: policy.roles has no allow; allow must be a table of models and lists of implement, "),
    ("[policy.roles.allow]\nx = 'scout'", "line 2: policy.roles.allow.x is 'scout'; allow must be a table"),
    ("[policy.roles.allow]\nx = ['scot']", "line 2: policy.roles.allow.x[0] is 'scot'; allow must be a table"),
    ("[policy.roles.allow]\n'' = []", "line 2: policy.roles.allow has ''; allow must be a table of models"),
    ("policy.trailers.required = []", "policy.trailers.required is []; required must be a list of trailers' keys"),
    ("policy.trailers.required = ['A b']", "policy.trailers.required[0] is 'A b'; required must be a list"),
    ("[policy.trailers]\nrequired = ['A']\nof = 'agents'", "line 3: policy.trailers.of is 'agents'; of must be models"),
    ("policy.cost.bands.fixx = {}", "policy.cost.bands has 'fixx', but it is none of them; bands must be a table of "),
    ("policy.cost.bands.fix = {}", "policy.cost.bands.fix is a table, but it has neither warn nor fail; bands must be"),
    ("policy.cost.bands.fix = { warn = 2, fail = 1 }", "fix is a table, but its warn is above its fail; bands must be"),
    (
        "policy.cost.bands.fix.warn = -1.5",
        "fix.warn is -1.5, but it is negative, and a change can only cost; warn must",
    ),
    ("policy.cost.bands.fix.warn = true", "fix.warn is true, but it is no number; warn must be an amount in USD"),
    ("policy.cost.bands.fix.warn = 1e99", "fix.warn is 1E+99, but it is no number; warn must be an amount in USD"),
    ("policy.cost.bands.fix.fail = 'nan'", "fix.fail is 'nan', but it is no number; fail must be an amount in USD"),
    ("policy.tests = 1", "policy.tests is 1; tests must be a table; docs/policy.md"),
    (
        "policy.tests.tests = ['']",
        "policy.tests.tests[0] is '', but it names no file or directory; tests must be a list",
    ),
    ("policy.tests.source = []", "policy.tests.source is []; source must be a list of patterns of paths"),
    ("policy.tests.not_for = ['feet']", "policy.tests.not_for[0] is 'feet', but it is none of them; not_for must be a"),
    ("[[policy.paths]]\nwhen = ['a']\nthen = ['b']\n[[policy.paths]]\nwhen = ['a']", "line 4: policy.paths[1] has no "),
    ("policy.paths = { when = ['a'] }", "policy.paths is a table; paths must be a list of tables"),
    ("policy.review = [1, 2, 3, 4]", "policy.review is a list; review must be a table"),
]


@pytest.mark.parametrize(("text", "words"), ERRORS)
def test_what_cannot_be_used_is_told_in_a_sentence(text: str, words: str) -> None:
    said = refused(text)
    assert words in said
    assert said.startswith("ledger.toml, line ")
    assert said.endswith(".") or said.endswith("form")
    assert "\n" not in said


def test_a_file_that_is_no_toml_is_named() -> None:
    assert refused("[policy").startswith("ledger.toml is not valid TOML (")


def test_what_was_found_is_shown_harmlessly_and_cut() -> None:
    said = refused("[policy]\nlevel = '" + "x\\u202e" * 100 + "'\n" + '"a\\u001b" = 1')
    assert "\x1b" not in said
    assert len(said) < 400


KEYS = st.sampled_from(
    (
        *("level", "roles", "allow", "review", "trailers", "required", "of", "cost", "bands", "any", "fix", "warn"),
        *("fail", "size", "files", "lines", "without", "tests", "source", "not_for", "paths", "when", "then", "x-1"),
    )
)
VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.floats(), st.sampled_from(["warn", "fix", "src/", "scout", "", "[a"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def written(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.integers(0, 5))
def test_whatever_stands_there_is_a_policy_or_one_sentence_with_its_line(said: dict[str, Any], above: int) -> None:
    text = "\n" * above + "[policy]\n" + "".join(f"{key} = {written(value)}\n" for key, value in said.items())
    tomllib.loads(text)
    try:
        assert isinstance(parse_policy(text, "ledger.toml"), Policy)
    except BadSetting as error:
        number = int(str(error).partition("line ")[2].partition(":")[0])
        key = str(error).partition("policy.")[2].partition(".")[0].partition(" ")[0].partition("[")[0]
        assert above < number <= above + 1 + len(said)
        assert key not in said or text.split("\n")[number - 1].startswith(f"{key} = ")
