"""A gateway's tags go beside the headers that are there, and come out again."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given

from ledger.hooking.agents import headers
from ledger.hooking.agents.jsonc import parse
from ledger.hooking.agents.splice import checked, insert
from tests.hooking.agents.settings import Settings, settings_files

TAGS = "repo:example.org/ann/app,branch:main"
LINE = f"x-litellm-tags: {TAGS}"


def put(text: str, elsewhere: str = "") -> str:
    return insert(text, headers.put(text, TAGS, elsewhere))


@pytest.mark.parametrize(
    ("before", "elsewhere", "value"),
    [
        ("", "", LINE),
        ("{}", "", LINE),
        ('{"env": {}}', "a: b", f"a: b\n{LINE}"),
        ('{"env": {"ANTHROPIC_CUSTOM_HEADERS": ""}}', "hidden: x", LINE),
        ('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "a: b"}}', "hidden: x", f"a: b\n{LINE}"),
        ('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-LiteLLM-Tags: t1\\na: b"}}', "", f"X-LiteLLM-Tags: t1,{TAGS}\na: b"),
        ('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-litellm-tags:"}}', "", LINE),
        ("{}", "a: b\nx-litellm-tags: t1\nc: d", f"a: b\nx-litellm-tags: t1,{TAGS}\nc: d"),
    ],
)
def test_the_header_joins_those_that_are_there(before: str, elsewhere: str, value: str) -> None:
    after = put(before, elsewhere)
    assert parse(after).value["env"]["ANTHROPIC_CUSTOM_HEADERS"] == value
    assert checked(after, headers.expected(parse(before).value if before else {}, TAGS, elsewhere)) == after
    assert headers.is_current(after, TAGS)
    assert not headers.is_current(after, f"{TAGS},role:review")
    left = headers.take(after, headers.made_by(before, elsewhere))
    assert TAGS not in left
    if before and ":" in before.partition("HEADERS")[2].strip('": }'):
        assert parse(left).value == parse(before).value


@given(settings_files())
def test_whatever_the_settings_say_they_say_after_it_came_and_went(given_file: Settings) -> None:
    env = given_file.value.get("env", {})
    if not isinstance(env, dict):
        with pytest.raises(ValueError, match="env is not an object"):
            put(given_file.text)
        return
    after = put(given_file.text)
    assert checked(after, headers.expected(given_file.value, TAGS, "")) == after
    left = headers.take(after, headers.made_by(given_file.text))
    assert parse(left).value == given_file.value


def test_tags_of_another_branch_are_taken_out_too() -> None:
    text = put('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "a: b\\nx-litellm-tags: t1,t2\\nc: d"}}')
    moved = text.replace("branch:main", "branch:feat/x,role:review")
    assert parse(headers.take(moved)).value["env"]["ANTHROPIC_CUSTOM_HEADERS"] == "a: b\nx-litellm-tags: t1,t2\nc: d"


def test_headers_that_were_copied_go_and_one_that_someone_added_stays() -> None:
    after, made = put("{}", "x-team: a"), headers.made_by("{}", "x-team: a")
    moved = after.replace("branch:main", "branch:other")
    assert parse(headers.take(moved, made)).value == {}
    added = moved.replace("x-team: a", "x-team: a\\nx-own: b")
    assert parse(headers.take(added, made)).value["env"] == {"ANTHROPIC_CUSTOM_HEADERS": "x-team: a\nx-own: b"}


def test_tags_in_another_header_are_not_ours() -> None:
    before = '{"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-mine: repo:a/b/c\\nx-litellm-tags: t1"}}'
    assert not headers.is_current(before.replace("a/b/c", "example.org/ann/app,branch:main"), TAGS)
    assert headers.take(before) == before
    assert parse(headers.take(put(before))).value == parse(before).value


def test_a_header_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a text"):
        put('{"env": {"ANTHROPIC_CUSTOM_HEADERS": 7}}')
    assert headers.headers_in(None) is None
    assert headers.headers_in('{"env": 7}') is None
    assert headers.headers_in('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "a: b"}}') == "a: b"


CODEX = (
    '# mine\nmodel_provider = "litellm"  # kept\n\n[model_providers.litellm]\nname = "LiteLLM"\nbase_url = "http://x"\n'
)


@pytest.mark.parametrize(
    "text",
    [
        CODEX,
        CODEX.removesuffix("\n"),
        CODEX + "\n",
        CODEX.replace("\n", "\r\n"),
        CODEX + '\n[mcp_servers.x]\ncommand = "y"\n',
        CODEX.replace("litellm", "our gateway").replace(".our gateway", '."our gateway"'),
    ],
)
def test_codex_is_told_the_variable_and_the_rest_stays(text: str) -> None:
    provider = headers.provider_of(text)
    assert not headers.has_block(text, provider)
    after = insert(text, headers.put_block(text, provider))
    assert after.startswith(text)
    assert headers.has_block(after, provider)
    table = tomllib.loads(after.replace("\r\n", "\n"))["model_providers"][provider]
    assert table["env_http_headers"] == {"x-litellm-tags": "LEDGER_LITELLM_TAGS"}
    assert headers.take_block(after).rstrip() == text.rstrip()
    assert headers.take_block(text) == text


def test_a_header_that_someone_put_beside_ours_stays_where_it_belongs() -> None:
    after = insert(CODEX, headers.put_block(CODEX, "litellm")) + '"x-team" = "TEAM"\n'
    left = tomllib.loads(headers.take_block(after))
    assert left["model_providers"]["litellm"]["env_http_headers"] == {"x-team": "TEAM"}


@pytest.mark.parametrize(
    "text",
    [
        'model_provider = "litellm"\n',
        CODEX + 'env_http_headers = { "a" = "B" }\n',
        'model_provider = "litellm"\nmodel_providers = { litellm = { name = "x" } }\n',
        "not toml",
    ],
)
def test_what_cannot_be_added_to_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"litellm|Expected"):
        headers.put_block(text, "litellm")
