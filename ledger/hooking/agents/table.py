"""The agents that a hook can be written for, and those that are known by their environment only.

What each agent reads, when it calls and what it then tells is from its own documentation or source; docs/agents.md says
which was tried on a real one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of ours: an event of the agent, and which of its tools matter there."""

    name: str
    matcher: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """Where an agent's settings stand and how a hook is written there."""

    name: str
    program: str
    """Its command; an agent is here if that is on the PATH or its directory exists."""
    home_variable: str
    """The environment variable that moves its directory."""
    home: str
    """Its directory under the person's home."""
    user_file: str = ""
    """Its settings, in its directory; '' where it has no hooks."""
    project_file: str = ""
    """Its settings for one worktree."""
    is_tracked: bool = True
    """The worktree's file is one that people commit."""
    events: tuple[Event, ...] = ()
    is_nested: bool = True
    """Entries are groups of a matcher and handlers; else handlers."""
    key: str = "command"
    """What a handler calls its command line."""
    handler: dict[str, Any] = field(default_factory=dict)
    """What else a handler says."""
    document: dict[str, Any] = field(default_factory=dict)
    """What a new file says beside the hooks."""
    uses_login_shell: bool = False
    """It runs a command by the person's own shell."""
    has_posix_shell: bool = False
    """On Windows too, by the Git Bash that git brings, or it needs none."""
    home_parent: bool = False
    """The variable names the directory that `home` is in."""


_SHELL_SECONDS = {"type": "command", "timeout": 5}
_SHELL_MILLISECONDS = {"type": "command", "timeout": 5000}

_ALL = (
    Agent(
        "claude-code",
        program="claude",
        home_variable="CLAUDE_CONFIG_DIR",
        home=".claude",
        user_file="settings.json",
        project_file=".claude/settings.local.json",
        is_tracked=False,
        events=(Event("SessionStart"), Event("PreToolUse", "Bash")),
        handler=_SHELL_SECONDS,
        has_posix_shell=True,
    ),
    Agent(
        "codex",
        program="codex",
        home_variable="CODEX_HOME",
        home=".codex",
        user_file="hooks.json",
        project_file=".codex/hooks.json",
        events=(Event("SessionStart"), Event("PreToolUse", "^Bash$")),
        handler=_SHELL_SECONDS,
        uses_login_shell=True,
    ),
    Agent(
        "gemini-cli",
        program="gemini",
        home_variable="GEMINI_CLI_HOME",
        home=".gemini",
        home_parent=True,
        user_file="settings.json",
        project_file=".gemini/settings.json",
        events=(Event("SessionStart"), Event("BeforeTool", "run_shell_command")),
        handler=_SHELL_MILLISECONDS,
    ),
    Agent(
        "qwen-code",
        program="qwen",
        home_variable="QWEN_HOME",
        home=".qwen",
        user_file="settings.json",
        project_file=".qwen/settings.json",
        events=(Event("SessionStart"), Event("PreToolUse", "^run_shell_command$")),
        handler=_SHELL_MILLISECONDS,
        has_posix_shell=True,
    ),
    Agent(
        "cursor",
        program="cursor-agent",
        home_variable="",
        home=".cursor",
        user_file="hooks.json",
        project_file=".cursor/hooks.json",
        events=(Event("beforeShellExecution"),),
        is_nested=False,
        handler={"timeout": 5},
        document={"version": 1},
        uses_login_shell=True,
    ),
    Agent(
        "copilot",
        program="copilot",
        home_variable="COPILOT_HOME",
        home=".copilot",
        user_file="hooks/ledger.json",
        project_file=".github/hooks/ledger.json",
        events=(Event("preToolUse"),),
        is_nested=False,
        key="bash",
        handler={"type": "command", "timeoutSec": 5},
        document={"version": 1},
    ),
    Agent(
        "opencode",
        program="opencode",
        home_variable="OPENCODE_CONFIG_DIR",
        home=".config/opencode",
        user_file="plugins/ledger.js",
        project_file=".opencode/plugins/ledger.js",
        has_posix_shell=True,
    ),
    Agent("amp", program="amp", home_variable="", home=".config/amp"),
)

AGENTS = {agent.name: agent for agent in _ALL}
