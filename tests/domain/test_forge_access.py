"""Where a forge is asked, and which token goes there: never to a host that only a remote names."""

from __future__ import annotations

import pytest

from ledger.domain.forge_access import Access, Token, access, tokens, withheld


def found(alias: str, forge: str | None = None, **environ: str) -> Access:
    asked = access(alias, forge, environ)
    assert asked is not None
    return asked


def names(asked: Access, **environ: str) -> list[str]:
    return [token.name for token in tokens(asked, environ)]


@pytest.mark.parametrize(
    ("alias", "api"),
    [
        ("github.com/owner/name", "https://api.github.com/graphql"),
        ("ssh.github.com/owner/name", "https://api.github.com/graphql"),
        ("GitHub.com/owner/name", "https://api.github.com/graphql"),
        ("acme.ghe.com/owner/name", "https://api.acme.ghe.com/graphql"),
        ("github.example.org/owner/name", "https://github.example.org/api/graphql"),
        ("gitlab.com/group/part/name", "https://gitlab.com/api/v4"),
        ("altssh.gitlab.com/group/name", "https://gitlab.com/api/v4"),
    ],
)
def test_a_host_says_where_it_is_asked(alias: str, api: str) -> None:
    forge = "github" if "ghe.com" in alias else None
    assert found(alias, forge).api == api


@pytest.mark.parametrize(
    "alias", ["bitbucket.org/owner/name", "git.example.org/owner/name", "github.com/", "github.com"]
)
def test_who_cannot_be_asked_is_not(alias: str) -> None:
    assert access(alias, None, {}) is None


def test_a_setting_says_which_forge_a_host_is() -> None:
    assert found("git.example.org/owner/name", "gitlab").api == "https://git.example.org/api/v4"
    assert access("github.com/owner/name", "none", {}) is None


def test_the_environments_address_is_that_of_its_own_server_alone() -> None:
    runner = {"GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_API_URL": "https://git.example.org/api/v3"}
    assert found("git.example.org/o/n", "github", **runner).api == "https://git.example.org/api/graphql"
    told = runner | {"GITHUB_GRAPHQL_URL": "https://git.example.org/q"}
    assert found("git.example.org/o/n", "github", **told).api == "https://git.example.org/q"
    assert found("github.com/o/n", **told).api == "https://api.github.com/graphql"
    assert found("github.com/o/n", GITHUB_GRAPHQL_URL="http://127.0.0.1:1/g").api == "http://127.0.0.1:1/g"
    assert found("github.com/o/n", GITHUB_GRAPHQL_URL="nonsense").api == "https://api.github.com/graphql"
    job = {"CI_API_V4_URL": "https://gl.example.org:8443/api/v4"}
    assert found("gl.example.org/o/n", "gitlab", **job).api == "https://gl.example.org:8443/api/v4"
    assert found("gitlab.com/o/n", **job).api == "https://gitlab.com/api/v4"
    named = {"GITLAB_HOST": "https://gl.example.org:444"}
    assert found("gl.example.org/o/n", "gitlab", **named).api == "https://gl.example.org:444/api/v4"


def test_githubs_tokens_go_to_github_and_a_servers_own_to_that_server() -> None:
    both = {"GH_TOKEN": "a", "GITHUB_TOKEN": "b", "GH_ENTERPRISE_TOKEN": "c"}
    assert names(found("github.com/o/n"), **both) == ["GH_TOKEN", "GITHUB_TOKEN"]
    strange = found("github.evil.example/o/n")
    assert names(strange, **both) == [], "a remote is text that anybody writes"
    assert "is not sent to github.evil.example" in withheld(strange, both)
    assert names(strange, **both, GH_HOST="github.evil.example") == ["GH_ENTERPRISE_TOKEN"]
    runner = both | {"GITHUB_SERVER_URL": "https://github.evil.example"}
    assert names(strange, **runner)[-1] == "GITHUB_TOKEN", "a job's token is of the server that runs it"
    assert withheld(strange, {}) == ""
    assert withheld(found("github.com/o/n"), both) == ""


def test_gitlabs_tokens_go_to_gitlab_and_to_hosts_that_the_environment_names() -> None:
    both = {"GITLAB_TOKEN": "a", "CI_JOB_TOKEN": "b"}
    assert names(found("gitlab.com/o/n"), **both) == ["GITLAB_TOKEN"], "whose job it is, nothing says"
    own = found("gitlab.example.org/o/n")
    assert names(own, **both) == []
    assert "GITLAB_HOST=gitlab.example.org" in withheld(own, both)
    assert names(own, **both, GITLAB_HOST="gitlab.example.org") == ["GITLAB_TOKEN"]
    job = both | {"CI_API_V4_URL": "https://gitlab.example.org/api/v4"}
    assert names(own, **job) == ["GITLAB_TOKEN", "CI_JOB_TOKEN"]
    blank = {"GITLAB_TOKEN": "  "}
    assert names(found("gitlab.com/o/n"), **blank) == []


def test_a_jobs_token_has_a_header_of_its_own() -> None:
    assert Token("CI_JOB_TOKEN", "x").header() == ("JOB-TOKEN", "x")
    assert Token("GITLAB_TOKEN", "x").header() == ("Authorization", "Bearer x")


def test_an_alias_is_what_the_ledger_calls_it() -> None:
    assert found("GITHUB.com/Owner/Name").alias == "github.com/Owner/Name"
