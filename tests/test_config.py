"""Settings: which of three places wins, and what a setting that cannot be used is answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.config import FALSE, SHARING, TRUE, Config, load_config
from ledger.domain.path_rules import KNOWN_AREAS, Area
from ledger.domain.seats import Seat
from ledger.errors import BadSetting

_NAMES = st.text(st.characters(categories=("L", "N"), include_characters="-_./*"), min_size=1, max_size=20)


def test_nothing_set_is_the_default() -> None:
    assert load_config({}, {}) == Config()
    assert Config() == Config(database=None, target=(), trailers=False, authors="hashed", forge=None, path=())


def test_git_s_configuration_wins_over_the_file_key_by_key() -> None:
    toml = 'target = "trunk"\nforge = "gitlab"\n'
    config = load_config({}, {"target": "main release/*"}, toml, "ledger.toml")
    assert (config.target, config.forge) == (("main", "release/*"), "gitlab")


def test_the_environment_wins_for_the_database() -> None:
    settings = {"database": "git.db"}
    assert (
        load_config({"LEDGER_DATABASE_URL": "env.db"}, settings, 'database = "f.db"', "ledger.toml").database
        == "env.db"
    )
    assert load_config({"LEDGER_DATABASE_URL": ""}, settings, 'database = "f.db"', "ledger.toml").database == "git.db"
    assert load_config({}, {}, 'database = "f.db"', "ledger.toml").database == "f.db"


def test_a_file_of_own_prices_is_named() -> None:
    assert load_config({}, {}, 'prices = "p.toml"', "ledger.toml").prices == "p.toml"
    assert load_config({}, {"prices": "mine.json"}, 'prices = "p.toml"', "ledger.toml").prices == "mine.json"
    assert load_config({}, {"prices": ""}).prices is None


def test_seats_are_lines_in_git_s_configuration_and_lines_or_tables_in_the_file() -> None:
    seats = (Seat("claude-code", 1000 * 10**9, "2026-01", "2026-07"), Seat("codex", 20 * 10**9, "2026-03"))
    lines = "claude-code 200 seats=5 from=2026-01 until=2026-07\ncodex 20 from=2026-03"
    table = '{agent = "codex", usd = 20, from = "2026-03"}'
    assert load_config({}, {"seats": lines}).seats == seats
    toml = f'seats = ["{lines.splitlines()[0]}", {table}]'
    assert load_config({}, {}, toml, "ledger.toml").seats == seats
    assert load_config({}, {"seats": ""}).seats == ()
    with pytest.raises(BadSetting, match=r"ledger\.seats is 3"):
        load_config({}, {}, "seats = 3", "ledger.toml")


def test_an_empty_database_is_none() -> None:
    assert load_config({}, {"database": ""}).database is None


def test_pyproject_is_read_in_its_own_table_only() -> None:
    toml = 'forge = "top"\n[tool.other]\nforge = "other"\n[tool.ledger]\nforge = "github"\n'
    assert load_config({}, {}, toml, "pyproject.toml").forge == "github"
    assert load_config({}, {}, 'forge = "top"\n', "pyproject.toml").forge is None


def test_ledger_toml_is_read_at_its_top() -> None:
    assert load_config({}, {}, 'forge = "github"\n[tool.ledger]\nforge = "no"\n', "ledger.toml").forge == "github"


@given(st.lists(_NAMES, max_size=5))
def test_names_may_be_a_list_or_one_text(names: list[str]) -> None:
    listed = load_config({}, {}, f"target = [{', '.join(repr(name) for name in names)}]", "ledger.toml").target
    spaced = load_config({}, {"target": "  ".join(names)}).target
    assert listed == spaced == tuple(names)


@pytest.mark.parametrize("text", [*sorted(TRUE), "TRUE", "Yes"])
def test_what_git_takes_for_true_is_true(text: str) -> None:
    assert load_config({}, {"trailers": text}).trailers is True


@pytest.mark.parametrize("text", [*sorted(FALSE), "FALSE", "No"])
def test_what_git_takes_for_false_is_false(text: str) -> None:
    assert load_config({}, {"trailers": text}).trailers is False


@given(st.booleans())
def test_a_toml_boolean_is_one(wanted: bool) -> None:
    assert load_config({}, {}, f"trailers = {str(wanted).lower()}", "ledger.toml").trailers is wanted


@pytest.mark.parametrize(
    ("settings", "key"), [({"trailers": "maybe"}, "ledger.trailers"), ({"authors": "visible"}, "ledger.authors")]
)
def test_another_value_is_refused_with_its_key(settings: Mapping[str, str], key: str) -> None:
    with pytest.raises(BadSetting, match=key) as refused:
        load_config({}, settings)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("authors", ["hashed", "plain"])
def test_authors_are_one_of_two(authors: str) -> None:
    assert load_config({}, {"authors": authors}).authors == authors


@pytest.mark.parametrize("name", ["ledger.toml", "pyproject.toml"])
def test_a_file_that_is_not_toml_is_named(name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        load_config({}, {}, "target = \n", name)


@pytest.mark.parametrize(
    ("toml", "name"),
    [
        ("[[tool.ledger]]\n", "pyproject.toml"),
        ("[tool]\nledger = 3\n", "pyproject.toml"),
        ("tool = 3\n", "pyproject.toml"),
        ("target = 5\n", "ledger.toml"),
        ("path = true\n", "ledger.toml"),
    ],
)
def test_a_value_of_another_type_is_refused_in_words(toml: str, name: str) -> None:
    with pytest.raises(BadSetting):
        load_config({}, {}, toml, name)


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Config)]), st.text()))
def test_any_text_of_git_s_is_a_config_or_refused_in_words(settings: dict[str, Any]) -> None:
    settings.pop("packages", None)
    fits = settings.get("trailers", "no").rpartition("\n")[2].lower() in TRUE | FALSE and settings.get(
        "authors", "plain"
    ) in (
        "hashed",
        "plain",
    )
    fits = fits and settings.get("sync", "off").rpartition("\n")[2] in ("auto", "off")
    fits = fits and settings.get("share", "off").rpartition("\n")[2] in ("off", *SHARING)
    fits = fits and not settings.get("seats", "").strip() and not settings.get("roles", "").strip()
    with nullcontext() if fits else pytest.raises(BadSetting, match=r"^ledger\."):
        assert isinstance(load_config({}, settings), Config)


def test_areas_and_labels_are_tables_of_the_file() -> None:
    toml = '[areas]\nui = "web/"\n[labels]\nUrgent = "fix"\n'
    config = load_config({}, {"areas": "x", "labels": "y"}, toml, "ledger.toml")
    assert config.areas == (*KNOWN_AREAS, Area("ui", ("web/",), "normal"))
    assert (config.labels, config.packages, config.has_rules) == ((("urgent", "fix"),), None, True)
    nested = '[tool.ledger.areas]\nui = "web/"\n'
    assert load_config({}, {}, nested, "pyproject.toml").areas == config.areas
    with pytest.raises(BadSetting, match=r"^pyproject\.toml: areas\.ui is 3"):
        load_config({}, {}, "[tool.ledger]\nareas = {ui = 3}\n", "pyproject.toml")
    with pytest.raises(BadSetting, match=r"^ledger\.toml: labels\.'a' is 'x'"):
        load_config({}, {}, 'labels = {a = "x"}\n', "ledger.toml")


def test_packages_are_words_of_git_s_or_a_list_of_the_file() -> None:
    toml = 'packages = ["libs/*"]\n'
    assert load_config({}, {}, toml, "ledger.toml").packages == ("libs/*",)
    assert load_config({}, {"packages": "a/* b"}, toml, "ledger.toml").packages == ("a/*", "b")
    assert load_config({}, {"packages": ""}, toml, "ledger.toml").packages == ()
    assert load_config({}, {}, "packages = false\n", "ledger.toml").packages == ()
    assert load_config({}, {"packages": "a"}).has_rules
    assert not load_config({}, {"forge": "none"}).has_rules
    with pytest.raises(BadSetting, match=r"^ledger\.packages has the pattern"):
        load_config({}, {"packages": "[z-a]"})
    with pytest.raises(BadSetting, match=r"^ledger\.toml: packages is 3"):
        load_config({}, {}, "packages = 3\n", "ledger.toml")


def test_keys_of_others_are_no_error() -> None:
    assert load_config({}, {"somebody": "else"}, "[table]\nx = 1\n", "ledger.toml") == Config()


def test_roles_of_agents_names_are_a_table_of_the_file_or_lines_of_git() -> None:
    toml = '[tool.ledger.roles]\n"Code Reviewer" = "review"\n"explore*" = "scout"\n'
    wanted = (("code-reviewer", "review"), ("explore*", "scout"))
    assert load_config({}, {}, toml, "pyproject.toml").roles == wanted
    assert load_config({}, {}, toml.replace("tool.ledger.", ""), "ledger.toml").roles == wanted
    assert load_config({}, {"roles": "explore*=scout\ncode-reviewer=review"}).roles == wanted
    assert load_config({}, {"roles": "qa=review"}, toml, "pyproject.toml").roles == (("qa", "review"),)


def test_a_role_that_is_none_is_refused() -> None:
    with pytest.raises(BadSetting, match=r"ledger\.roles says that 'qa' is 'tester'; a role is one of"):
        load_config({}, {}, '[roles]\nqa = "tester"\n', "ledger.toml")
