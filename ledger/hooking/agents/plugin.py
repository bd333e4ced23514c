"""OpenCode's plugin: it takes no command line, so a small module of ours calls the program.

It tells the shell its session (`OPENCODE_SESSION_ID`, which OpenCode itself does not), so that the git hook finds
this session's model even while others work in the same worktree; and it adds a gateway's tags to each request, fresh,
where the provider has a base URL of its own.
"""

from __future__ import annotations

import json
import re
import sys

from ledger.hooking.agents.command import MODULE, PROGRAM
from ledger.hooking.agents.record import digest

_MARK = "// ledger-agent-plugin "
_TEXT = """\
// Names the model and session of OpenCode's commits. `ledger uninstall --agent opencode` takes it out.
import { execFile, execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"

%(start)s
const call = (cwd, input, ...mode) =>
  new Promise((resolve) => {
    const [python, program] = start(cwd)
    if (!python || !existsSync(python)) return resolve("")
    const options = { cwd, timeout: 5000 }
    const child = execFile(python, [...program, "opencode", ...mode], options, (_, said) => resolve(said ?? ""))
    child.on("error", () => resolve(""))
    child.stdin.on("error", () => {})
    child.stdin.end(input)
  })

// These write titles and summaries with a small model, in the session of the one that works.
const aside = new Set(["title", "summary", "compaction"])

export const Ledger = async ({ directory }) => {
  const models = new Map()
  return {
    "chat.params": async (input) => {
      const agent = input?.agent?.name ?? input?.agent
      const model = input?.model?.id ?? input?.model?.modelID
      if (input?.sessionID && model && !aside.has(agent)) models.set(input.sessionID, [model, agent])
    },
    "shell.env": async (input, output) => {
      const session = input?.sessionID
      if (!session || !output?.env) return
      output.env.OPENCODE_SESSION_ID ??= session
      const [model, agent] = models.get(session) ?? []
      const cwd = input.cwd ?? directory
      await call(cwd, JSON.stringify({ session_id: session, model, agent_type: agent, cwd }))
    },
    "chat.headers": async (input, output) => {
      if (!input?.provider?.options?.baseURL || !output?.headers) return
      const tags = await call(directory, "", "tags")
      const given = output.headers["x-litellm-tags"]
      if (tags) output.headers["x-litellm-tags"] = given ? `${given},${tags}` : tags
    },
  }
}
"""
_PERSONAL = """\
const program = %(program)s
const start = () => (existsSync(program) ? [%(python)s, ["-I", "-S", program]] : [])
"""
_SHARED = """\
// Committed for everybody, so it names no path: each clone has noted its own interpreter.
const start = (cwd) => {
  try {
    const ask = { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }
    const common = execFileSync("git", ["rev-parse", "--path-format=absolute", "--git-common-dir"], ask).trim()
    return [readFileSync(`${common}/ledger/interpreter`, "utf8").trim(), ["-P", "-m", "%(module)s"]]
  } catch {
    return []
  }
}
"""


def personal(python: str = sys.executable, program: str = str(PROGRAM)) -> str:
    """The module for this machine, with its hash in the first line."""
    return _whole(_PERSONAL % {"python": json.dumps(python), "program": json.dumps(program)})


def shared() -> str:
    """The module for a file that is committed."""
    return _whole(_SHARED % {"module": MODULE})


def _whole(start: str) -> str:
    body = _TEXT % {"start": start}
    return f"{_MARK}{digest(body)[:16]}\n{body}"


def is_ours(text: str) -> bool:
    """Whether a file is our plugin."""
    return text.startswith(_MARK)


def is_untouched(text: str) -> bool:
    """Whether it is as it was written."""
    first, _, body = text.partition("\n")
    return re.fullmatch(re.escape(_MARK) + r"[0-9a-f]{16}", first) is not None and first.endswith(digest(body)[:16])
