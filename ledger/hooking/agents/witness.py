"""The program that an agent's own hook runs: it notes which model and session works in this worktree.

Called as `python -I -S witness.py AGENT` with the hook's JSON on standard input, or as `witness.py AGENT tags`, which
prints the worktree's tags for a gateway. It needs the standard library only and starts no process, because an agent
waits for it; whatever goes wrong, it ends well and says nothing. What it writes is read by the git hook:

    <git dir>/ledger/agents/<agent>              the last session of that agent here
    <git dir>/ledger/agents/<agent>.<session>    this session, here and beside the journal

in lines `model=`, `session=`, `role=`. Nothing else of the input is kept.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from contextlib import suppress

TYPE_CHECKING = False  # typing's own is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO, TypeGuard

    Told = dict[str, object]
    Place = dict[str, str]

_INPUT = 16 << 20
"""Hook inputs carry a tool's arguments; what is longer is drained and not looked at."""
_TAILS = (256 << 10, 4 << 20)
"""How much of a transcript's end is read: the second only if the first held no model, behind a long tool result."""
_WAITS = (0.02, 0.05, 0.1)
"""Claude Code writes its transcript a little after it calls the hook; waited for before a commit only."""
_KEPT_FOR = 7 * 86400
_LONGEST = 200

_TAGS = re.compile(
    r'("ANTHROPIC_CUSTOM_HEADERS"\s*:\s*"(?:[^"\\]|\\.)*?(?i:x-litellm-tags):[^"\\]*?)'
    r"repo:[A-Za-z0-9._:/@+-]+(?:,(?:branch|role):[A-Za-z0-9._:/@+-]+)*"
)
_ANSWERS = {
    "codex": ("turn_context", "payload", "model"),
    "gemini-cli": ("gemini", "model"),
    "qwen-code": ("assistant", "model"),
}
"""Which rows of a transcript name the model, and where."""
_ROLES = {
    "review": {"review", "reviewer", "reviews", "critic", "auditor"},
    "scout": {"explore", "explorer", "scout", "research", "researcher", "search"},
}


def main(arguments: list[str], environ: Mapping[str, str]) -> None:
    """Notes what the input on standard input tells; prints what the agent's protocol demands."""
    agent, mode = (*arguments, "", "")[:2]
    if mode == "tags":
        place = find_place(os.getcwd())
        sys.stdout.write(gateway_tags(place, agent, environ) if place and environ.get("LEDGER") != "0" else "")
        return
    if agent == "cursor":
        sys.stdout.write("{}\n")  # it expects an object; one without a decision decides nothing
    told = read_input(sys.stdin.buffer)
    if environ.get("LEDGER") != "0" and isinstance(told, dict):
        note(true_agent(agent, told), told, environ)


def read_input(stream: BinaryIO) -> object:
    """The JSON of a hook's input, or None; the stream is read to its end, since some agents fail on a broken pipe."""
    text = stream.read(_INPUT + 1)
    while stream.read(1 << 20):
        pass
    return json.loads(text) if len(text) <= _INPUT else None


def true_agent(agent: str, told: Told) -> str:
    """Who really calls: Cursor and Copilot run the hooks that they find in Claude Code's settings too."""
    if agent != "claude-code" or told.get("transcript_path"):
        return "cursor" if "cursor_version" in told else agent
    return "cursor" if "cursor_version" in told else ""


def note(agent: str, told: Told, environ: Mapping[str, str]) -> None:
    """Writes who works in the worktree that the input names, if that has a ledger."""
    place = find_place(directory_of(told))
    agent = clean(agent)
    if not place or not agent or "/" in agent:
        return
    session = clean(told.get("session_id") or told.get("sessionId") or told.get("conversation_id"))
    folders = [os.path.join(place["git_dir"], "ledger", "agents")]
    if place["common"] != place["git_dir"]:
        folders.append(os.path.join(place["common"], "ledger", "agents"))
    own = f"{agent}.{session}" if session and "/" not in session else ""
    known = read_lines(os.path.join(folders[0], own)) if own else {}
    model = clean_model(model_of(agent, told, environ)) or known.get("model", "")
    role = role_of(told.get("agent_type") or told.get("agentName"))
    text = "".join(
        f"{key}={value}\n" for key, value in (("model", model), ("session", session), ("role", role)) if value
    )
    is_new = not known
    write(folders[0], agent, text)
    for folder in folders if own else ():
        write(folder, own, text)
        if is_new:
            remove_old(folder)
    if agent == "claude-code":
        refresh_headers(place, environ)


# -- What the input tells ----------------------------------------------------------------------------------------------


def directory_of(told: Told) -> str:
    """Where the agent works: its own word, else the first folder of its workspace, else where it started us."""
    roots = told.get("workspace_roots")
    first = roots[0] if isinstance(roots, list) and roots else None
    for directory in (told.get("cwd"), first):
        if isinstance(directory, str) and directory and "\0" not in directory:
            return directory
    return os.getcwd()


def model_of(agent: str, told: Told, environ: Mapping[str, str]) -> str:
    """The model that acts now: the input's, else that of the newest answer in the transcript, else ''."""
    for name in ("model_id", "model"):
        model = told.get(name)
        if isinstance(model, str) and model not in ("", "auto", "default"):
            return model
    path = transcript_of(agent, told, environ)
    return newest(path, lambda row: model_in(agent, row, told), awaited(agent, told)) if path else ""


def awaited(agent: str, told: Told) -> bytes:
    """What the transcript will hold once the answer that called this tool is written; b'' if it is not worth a wait."""
    tool = told.get("tool_use_id")
    arguments = told.get("tool_input")
    command = arguments.get("command") if isinstance(arguments, dict) else None
    is_git = isinstance(command, str) and "git" in command
    return tool.encode() if agent == "claude-code" and is_git and isinstance(tool, str) else b""


def role_of(name: object) -> str:
    """The role that a subagent's configured name says, or ''."""
    words = set(re.split(r"[^a-z]+", name.lower())) if isinstance(name, str) else set()
    return next((role for role, names in _ROLES.items() if words & names), "")


# -- Transcripts -------------------------------------------------------------------------------------------------------


def newest(path: str, find: Callable[[Told], object], expected: bytes = b"") -> str:
    """What `find` says of the last row of a JSON Lines file that it says something of."""
    for wait in (*_WAITS, 0):
        if not expected or expected in read_tail(path, _TAILS[0]):
            break
        time.sleep(wait)
    for size in _TAILS:
        tail = read_tail(path, size)
        for line in reversed(tail.split(b"\n")):
            found = find(parse_row(line)) if b"odel" in line else ""
            if isinstance(found, str) and found and not found.startswith("<"):
                return found
        if len(tail) < size:
            break
    return ""


def read_tail(path: str, size: int) -> bytes:
    """The last bytes of a file; b'' where it cannot be read."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - size))
            return file.read(size)
    except (OSError, ValueError):
        return b""


def parse_row(line: bytes) -> Told:
    """A row as a dictionary; torn and foreign ones are empty."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def inside(row: object, *keys: str) -> object:
    """The value under a chain of keys, or None."""
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def model_in(agent: str, row: Told, told: Told) -> object:
    """The model that a row of an agent's transcript names, if it is an answer in the thread that called."""
    if agent == "claude-code":
        agent_id = told.get("agent_id")  # a subagent's rows stand in its own file, or marked in the main one
        is_ours = bool(row.get("isSidechain")) == bool(agent_id) and row.get("agentId", agent_id) == agent_id
        return inside(row, "message", "model") if is_ours and row.get("type") == "assistant" else ""
    if agent == "copilot":
        return inside(row, "data", "newModel") or inside(row, "data", "model") or inside(row, "data", "selectedModel")
    kind, *keys = _ANSWERS[agent]
    return inside(row, *keys) if row.get("type") == kind else ""


def transcript_of(agent: str, told: Told, environ: Mapping[str, str]) -> str:
    """Where the thread that called is written down; '' where nothing says so."""
    if agent == "copilot":  # its hooks name the session only; the events of a session have their place
        session = told.get("sessionId")
        home = environ.get("COPILOT_HOME") or os.path.join(os.path.expanduser("~"), ".copilot")
        return os.path.join(home, "session-state", session, "events.jsonl") if is_word(session) else ""
    path = told.get("transcript_path")
    if not isinstance(path, str) or agent not in ("claude-code", *_ANSWERS):
        return ""
    own = ""
    if agent == "claude-code" and is_word(told.get("agent_id")):
        own = os.path.join(path.removesuffix(".jsonl"), "subagents", f"agent-{told['agent_id']}.jsonl")
    return own if os.path.isfile(own) else path


def is_word(text: object) -> TypeGuard[str]:
    """Whether it can be part of a path without leading elsewhere."""
    return isinstance(text, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]+", text))


# -- The worktree ------------------------------------------------------------------------------------------------------


def find_place(directory: str) -> Place | None:
    """Top, git directory and common directory of the worktree around a directory; None if that has no ledger."""
    top = os.path.realpath(directory)
    while True:
        git_dir = resolve_git_dir(top)
        if git_dir:
            break
        top, below = os.path.dirname(top), top
        if top == below:
            return None
    common = first_line(os.path.join(git_dir, "commondir"))
    common = os.path.normpath(os.path.join(git_dir, common)) if common else git_dir
    if not os.path.isdir(os.path.join(common, "ledger")):
        return None
    return {"top": top, "git_dir": git_dir, "common": common}


def resolve_git_dir(top: str) -> str:
    """The git directory of a worktree's top, through the file that linked worktrees and submodules have; or ''."""
    path = os.path.join(top, ".git")
    if os.path.isfile(path):
        told = first_line(path)
        path = os.path.normpath(os.path.join(top, told[8:])) if told.startswith("gitdir: ") else ""
    return path if path and os.path.isfile(os.path.join(path, "HEAD")) else ""


def first_line(path: str) -> str:
    """The first line of a small file; '' where there is none."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline(4096).rstrip("\n")
    except OSError:
        return ""


def read_lines(path: str) -> dict[str, str]:
    """A file of key=value lines."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return dict(line.rstrip("\n").split("=", 1) for line in file.read(4096).splitlines() if "=" in line)
    except OSError:
        return {}


def clean(text: object) -> str:
    """Only what cannot break a line, a trailer or a path; what is far too long is no name."""
    text = re.sub(r"[^A-Za-z0-9._:/@+-]", "", text) if isinstance(text, str) and len(text) <= _LONGEST else ""
    return "" if text.strip(".") == "" else text


def clean_model(text: object) -> str:
    """A model's name without the mark of its context window, as in `claude-opus-4-8[1m]`."""
    return clean(re.sub(r"\[[^\]]*\]\s*$", "", text)) if isinstance(text, str) else ""


def write(folder: str, name: str, text: str) -> None:
    """Replaces a file in one step; one that says the same already is only made young again."""
    path = os.path.join(folder, name)
    with suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
        if file.read(4096) == text:
            os.utime(path)
            return
    os.makedirs(folder, mode=0o700, exist_ok=True)
    replace(path, text, 0o600)


def replace(path: str, text: str, mode: int) -> None:
    """Writes beside the path, then renames over it."""
    draft = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}")
    try:
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(draft, mode)
        os.replace(draft, path)
    except BaseException:
        if os.path.exists(draft):
            os.unlink(draft)
        raise


def remove_old(folder: str) -> None:
    """Takes out the files of sessions that were last heard of more than a week ago."""
    oldest = time.time() - _KEPT_FOR
    for entry in os.scandir(folder):
        if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < oldest:
            os.unlink(entry.path)


# -- Gateways ----------------------------------------------------------------------------------------------------------


def gateway_tags(place: Place, agent: str, environ: Mapping[str, str]) -> str:
    """The tags of a worktree whose repository wants them on that agent's requests, else ''."""
    wanted = read_lines(os.path.join(place["common"], "ledger", f"gateway-{clean(agent)}"))
    return tags_of(place, wanted.get("repository", ""), environ) if wanted.get("kind") == "litellm" else ""


def tags_of(place: Place, repository: str, environ: Mapping[str, str]) -> str:
    """`repo:host/owner/name,branch:NAME,role:ROLE`, without what is not known."""
    head = first_line(os.path.join(place["git_dir"], "HEAD"))
    branch = head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else ""
    branch = "" if branch.startswith(".") else branch  # where refs are in tables, HEAD is a placeholder
    tags = (
        ("repo", repository),
        ("branch", branch),
        ("role", environ.get("LEDGER_ROLE") or declared_role(place, branch)),
    )
    return ",".join(f"{name}:{clean(value)}" for name, value in tags if clean(value))


def declared_role(place: Place, branch: str) -> str:
    """What `ledger use` said, while it holds."""
    use = read_lines(os.path.join(place["git_dir"], "ledger", "use"))
    until = use.get("until", "")
    holds = use.get("branch") == branch and until.isdigit() and time.time() < int(until)
    return use.get("role", "") if holds else ""


def refresh_headers(place: Place, environ: Mapping[str, str]) -> None:
    """Brings the tags in Claude Code's personal settings of this worktree in step with its branch and role."""
    tags = gateway_tags(place, "claude-code", environ)
    path = os.path.join(place["top"], ".claude", "settings.local.json")
    if not tags or not os.path.isfile(path):
        return
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read(_INPUT)
    fresh = _TAGS.sub(lambda found: found[1] + tags, text, count=1)
    if fresh != text:
        real = os.path.realpath(path)
        replace(real, fresh, os.stat(real).st_mode & 0o777)


if __name__ == "__main__":
    with suppress(BaseException):  # an agent must never fail because of us
        main(sys.argv[1:], os.environ)
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(0)  # without the interpreter's own words about a closed pipe
