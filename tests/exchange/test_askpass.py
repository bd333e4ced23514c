"""Git is told a job's token for the forge's own host, and nobody else is."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ledger.exchange.askpass import answering

GITHUB = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_TOKEN": "t'o$k"}


def ask(question: str, environ: dict[str, str]) -> str | None:
    with answering(environ) as answers:
        script = answers["GIT_ASKPASS"]
        done = subprocess.run([script, question], env={**os.environ, **answers}, capture_output=True, text=True)
    return done.stdout.removesuffix("\n") if done.returncode == 0 else None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Username for 'https://github.com': ", "x-access-token"),
        ("Password for 'https://x-access-token@github.com': ", "t'o$k"),
        ("Password for 'https://x-access-token@evil.example': ", None),
        ("Password for 'https://github.com.evil.example': ", None),
        ("Username for 'https://evil.example/github.com': ", None),
        ("Enter passphrase for key 'x': ", None),
    ],
)
def test_only_the_forges_own_host_gets_an_answer(question: str, answer: str | None) -> None:
    assert ask(question, GITHUB) == answer


def test_gitlab_has_a_name_of_its_own() -> None:
    environ = {"CI_SERVER_URL": "https://gitlab.example:8443", "GITLAB_TOKEN": "g"}
    assert ask("Username for 'https://gitlab.example:8443': ", environ) == "oauth2"
    assert ask("Password for 'https://oauth2@gitlab.example:8443': ", environ) == "g"
    job = {"CI_SERVER_URL": "https://gitlab.example", "CI_JOB_TOKEN": "j"}
    assert ask("Username for 'https://gitlab.example': ", job) == "gitlab-ci-token"


@pytest.mark.parametrize("environ", [{}, {**GITHUB, "GITHUB_TOKEN": ""}, {**GITHUB, "GIT_ASKPASS": "/own"}])
def test_without_a_token_or_beside_an_answer_there_is_none(environ: dict[str, str]) -> None:
    with answering(environ) as answers:
        assert answers == {}


def test_the_token_is_in_no_file_and_the_script_goes() -> None:
    with answering(GITHUB) as answers:
        script = Path(answers["GIT_ASKPASS"])
        assert "t'o$k" not in script.read_text()
        assert script.stat().st_mode & 0o777 == 0o700
    assert not script.parent.exists()


def test_git_itself_finds_the_answer(tmp_path: Path) -> None:
    sent: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            if told := self.headers.get("Authorization"):
                sent.append(told)
            self.send_response(403 if told else 401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    with answering({"GITHUB_SERVER_URL": url, "GITHUB_TOKEN": "abc"}) as answers:
        subprocess.run(
            ["git", "ls-remote", f"{url}/a/b"],
            env={**os.environ, **answers, "GIT_TERMINAL_PROMPT": "0"},
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
    server.shutdown()
    server.server_close()
    thread.join()
    assert [base64.b64decode(text.removeprefix("Basic ")) for text in sent] == [b"x-access-token:abc"]
