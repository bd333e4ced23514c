"""`ledger ci comment`: the job's request is told of once, and a job never fails for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.commands.ci_comment import request_of
from tests.commands.running import run
from tests.exchange.commenting import FakeForge, serving


def test_the_request_s_line_is_kept_up_to_date(posted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def comment(*arguments: str) -> tuple[int, str]:
        done = run("-C", str(posted), "ci", "comment", *arguments)
        assert done.out == ""
        return done.code, done.err

    with serving(FakeForge()) as forge:
        for name, text in {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "example/shop",
            "GITHUB_GRAPHQL_URL": f"{forge.url}/graphql",
            "GITHUB_REF": "refs/pull/12/merge",
            "GITHUB_TOKEN": "x",
        }.items():
            monkeypatch.setenv(name, text)
        assert comment() == (0, "Request 12: commented on it.\n")
        assert comment() == (0, "Request 12: there is nothing new to say on it.\n")
        first, headline, *_ = forge.comments[0].body.splitlines()
        assert first.startswith("<!-- ledger: report ")
        assert headline == "**Request 12 (12): rejected, $1.12, 1 model.**"
        assert "\n| Requests: model | " in forge.comments[0].body
        assert comment("--mode", "on", "--name", "all")[1] == "Request 12: commented on it.\n"
        forge.failures = [403]
        assert comment()[0] == 0
        forge.failures = [403]
        code, said = comment("--strict")
        assert (code, said.partition(": add")[0]) == (1, "ledger: The token may not comment on request 12")
        asked = len(forge.asked)
        assert comment("--mode", "off") == (0, "Comments are off.\n")
        assert comment("--name", "A b")[0] == 0
        monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
        assert comment()[1].startswith("This job is for no request")
        assert len(forge.asked) == asked


def test_an_event_that_cannot_be_read_leaves_the_environment_to_tell(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    job = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(file)}
    file.write_bytes(b'{"pull_request": {"number": 12}}')
    assert request_of(job) == 12
    for text in (b"", b"{", b"\xff\xfe", b"[]"):
        file.write_bytes(text)
        assert request_of(job) is None
        assert request_of({**job, "GITHUB_REF": "refs/pull/7/merge"}) == 7
    assert request_of({"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "3"}) == 3
    assert request_of({}) is None
