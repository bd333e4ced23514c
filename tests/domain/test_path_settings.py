"""Areas, packages and labels in a configuration file: what they mean, and what is refused in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.path_rules import KNOWN_AREAS, Area
from ledger.domain.path_settings import parse_areas, parse_labels, parse_packages
from ledger.errors import BadSetting

FILE = "ledger.toml"
KNOWN = {area.name: area for area in KNOWN_AREAS}


def areas(table: Any) -> dict[str, Area]:
    return {area.name: area for area in parse_areas(table, FILE)}


def test_nothing_said_leaves_the_known_areas() -> None:
    assert parse_areas({}, FILE) == KNOWN_AREAS


def test_an_area_is_a_pattern_a_list_or_a_table() -> None:
    found = areas({"ui": "web/", "api": ["api/", "*.proto"], "core": {"paths": "core/", "stakes": "high"}})
    assert found["ui"] == Area("ui", ("web/",), "normal")
    assert found["api"] == Area("api", ("api/", "*.proto"), "normal")
    assert found["core"] == Area("core", ("core/",), "high")
    assert list(found) == [*KNOWN, "ui", "api", "core"]


def test_a_known_area_keeps_what_is_not_said_of_it() -> None:
    found = areas(
        {"auth": ["src/id/"], "interfaces": {"stakes": "high"}, "payments": {"paths": ["pay/"], "stakes": "normal"}}
    )
    assert found["auth"] == Area("auth", ("src/id/",), "high")
    assert found["interfaces"] == Area("interfaces", KNOWN["interfaces"].patterns, "high")
    assert found["payments"] == Area("payments", ("pay/",), "normal")


def test_an_area_without_patterns_is_not_looked_for() -> None:
    assert set(areas({"auth": [], "secrets": {"paths": []}})) == set(KNOWN) - {"auth", "secrets"}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("x", "ledger.toml: areas is 'x'"),
        ({"a b": "x"}, "areas has 'a b'"),
        ({"": "x"}, "areas has ''"),
        ({"none": "x"}, "neither none nor unknown"),
        ({"unknown": "x"}, "areas has 'unknown'"),
        ({"a" * 41: "x"}, "up to 40 letters"),
        ({"ui": 3}, "areas.ui is 3"),
        ({"ui": [3]}, "it must be a pattern or a list of them"),
        ({"ui": ["a", ""]}, "areas.ui has the pattern '', but it names no file"),
        ({"ui": {"paths": "[z-a]"}}, "areas.ui.paths has the pattern '[z-a]', but it has a set"),
        ({"ui": {"paths": "a", "stake": "high"}}, "areas.ui has 'stake'"),
        ({"ui": {"paths": "a", "stakes": "huge"}}, "areas.ui.stakes is 'huge'; it must be high or normal"),
        ({"ui": {"stakes": "high"}}, "areas.ui has no paths"),
    ],
)
def test_what_cannot_be_used_is_named_by_file_and_key(table: Any, words: str) -> None:
    with pytest.raises(BadSetting, match=re.escape(words)) as refused:
        parse_areas(table, FILE)
    assert str(refused.value).startswith("ledger.toml: areas")
    assert str(refused.value).endswith(".")


things = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(things)
def test_anything_is_rules_or_refused(setting: Any) -> None:
    for parse in (parse_areas, parse_labels, parse_packages):
        said = ""
        try:
            assert isinstance(parse(setting, FILE), tuple)
        except BadSetting as error:
            said = str(error)
        assert not said or said.startswith(FILE)


def test_packages_are_patterns_or_none() -> None:
    assert parse_packages("libs/*", "k") == ("libs/*",)
    assert parse_packages(["a", "b/*"], "k") == ("a", "b/*")
    assert parse_packages(False, "k") == parse_packages([], "k") == ()
    with pytest.raises(BadSetting, match="k has the pattern"):
        parse_packages(["[z-a]"], "k")
    with pytest.raises(BadSetting, match="k is True"):
        parse_packages(True, "k")


def test_labels_stand_for_task_types() -> None:
    assert parse_labels({"Kind: Bug ": "fix", "a": "feat"}, FILE) == (("a", "feat"), ("kind: bug", "fix"))
    with pytest.raises(BadSetting, match=r"ledger\.toml: labels\.'a' is 'bug'; it must be one of feat, fix"):
        parse_labels({"a": "bug"}, FILE)
    with pytest.raises(BadSetting, match=r"labels\.'a' is \['fix'\]"):
        parse_labels({"a": ["fix"]}, FILE)
    with pytest.raises(BadSetting, match="labels is 3"):
        parse_labels(3, FILE)
