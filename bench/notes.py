"""git-ai's notes read whole, and again with nothing new: time and memory, against git alone on the same notes.

python bench/notes.py [NOTES...]

The notes are shaped like those of a repository that has kept them for a year: half are under 1 KB, one in twenty is
over 180 KB, the largest has 3 MB, and three quarters stand on commits that are not there. The published figures are
those of `python bench/notes.py 1000 10000`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import exp
from pathlib import Path
from statistics import NormalDist, median
from typing import Any

from ccusage import surroundings
from turns import take_turns
from usage import Used, spent

_REF = "refs/notes/ai"
_ROUNDS = 3
_MEDIAN, _SPREAD, _SMALLEST, _LARGEST = 1_000, 3.157, 300, 3_000_000
"""Bytes of a note; the spread puts one in twenty over 180 KB."""

_MODELS = ("claude-opus-4-8", "claude-sonnet-4-5-20250929", "gpt-5.4", "gemini-2.5-pro")
_NOBODY = "nobody"
"""Whose lines are a person's, or those of a test tool."""

_WORDS = (
    "the",
    "model",
    "was",
    "asked",
    "for",
    "change",
    "in",
    "this",
    "file",
    "and",
    "then",
    "wrote",
    "tests",
    "again",
)


@dataclass
class Drawn:
    """What was written: how many notes, how large, and whose lines."""

    notes: int = 0
    size: int = 0
    lines: Counter[str] = field(default_factory=Counter)
    """Model as written → lines; '' for lines of which nobody says whose they are."""


def main(counts: Sequence[int]) -> None:
    """For each number of notes, write them, see that their lines are counted right, and print what it took."""
    for count in counts:
        with tempfile.TemporaryDirectory(dir=os.environ.get("LEDGER_BENCH_DIR")) as name:
            folder = Path(name)
            repository = folder / "repo"
            drawn = write(repository, count)
            print(f"{drawn.notes:,} notes, {drawn.size / 1e6:,.0f} MB")
            update(repository, folder / "warm.db", folder)
            agree(counted(repository, folder / "warm.db", folder), drawn.lines)
            print("\n".join(table(measure(repository, folder))))


def write(repository: Path, count: int, seed: int = 1) -> Drawn:
    """A repository of `count // 4` commits with so many notes, the others on commits that it does not have."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    told = Drawn()
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=repository, stdin=subprocess.PIPE) as importing:
        pipe = importing.stdin
        assert pipe is not None  # noqa: S101 - PIPE was asked for
        for number in range(count // 4):
            pipe.write(_commit("refs/heads/main", number, f"feat: change {number}", f"f{number % 50}", str(number)))
    oids = subprocess.run(["git", "rev-list", "main"], cwd=repository, capture_output=True, text=True, check=True)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=repository, stdin=subprocess.PIPE) as importing:
        pipe = importing.stdin
        assert pipe is not None  # noqa: S101 - PIPE was asked for
        pipe.write(_commit(_REF, 1, "notes"))
        for oid, text in draw(count, oids.stdout.split(), told, seed):
            pipe.write(f"M 100644 inline {oid}\ndata {len(text)}\n".encode() + text + b"\n")
    return told


def _commit(ref: str, number: int, message: str, path: str = "", text: str = "") -> bytes:
    who = f"Ann <ann@example.org> {1_750_000_000 + number * 60} +0000"
    lines = f"commit {ref}\nauthor {who}\ncommitter {who}\ndata {len(message)}\n{message}\n"
    return (lines + (f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" if path else "")).encode()


def draw(count: int, oids: Sequence[str], told: Drawn, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """(commit, note) in a fixed order; what they say is added to `told`."""
    dice = random.Random(seed)  # noqa: S311 - the same notes each time
    sizes = [_size((place + 0.5) / count) for place in range(count)]
    dice.shuffle(sizes)
    for number in range(count):
        oid = oids[number] if number < len(oids) else f"{dice.getrandbits(160):040x}"
        text = _Note(dice, told).text(sizes[number], oid)
        told.notes += 1
        told.size += len(text)
        yield oid, text


def _size(share: float) -> int:
    return min(_LARGEST, max(_SMALLEST, round(_MEDIAN * exp(_SPREAD * NormalDist().inv_cdf(share)))))


class _Note:
    """One note, with the oddities that real ones have, each as often as it was seen."""

    def __init__(self, dice: random.Random, told: Drawn) -> None:
        self._dice, self._told = dice, told
        self._sessions: dict[str, Any] = {}
        self._prompts: dict[str, Any] = {}
        self._owner: dict[tuple[str, int], str] = {}

    def text(self, size: int, oid: str) -> bytes:
        """The note, filled up to about its size with what agents were told."""
        keys = [self._key() for _ in range(self._many())]
        many = 0 if self._chance(0.165) else min(size // 2_000 + 1, 40)
        files = [self._file(f"src/file {number}.py", keys) for number in range(many)]
        self._told.lines.update(self._owner.values())
        metadata = {
            "schema_version": "authorship/3.0.0",
            "git_ai_version": "1.0.0",
            "base_commit_sha": "f" * 40 if self._chance(0.02) else oid,
            "prompts": self._prompts,
            "sessions": self._sessions,
            "humans": {"h_0123456789abcd": {"author": "Ann <ann@example.org>"}},
            **({"logical_commit_id": oid} if self._chance(0.002) else {}),
        }
        text = "".join(files) + "---\n"
        room = size - len(text) - len(json.dumps(metadata))
        for told in (*self._prompts.values(), *self._sessions.values()):
            told["messages"] = self._messages(max(room, 0) // (len(self._prompts) + len(self._sessions)))
        return (text + json.dumps(metadata, indent=1) + "\n").encode()

    def _many(self) -> int:
        return self._dice.randint(2, 11) if self._chance(0.276) else 1

    def _key(self) -> tuple[str, str]:
        """(a key as an entry has it, its model): sessions mostly, older prompts, strays, and some that dangle."""
        model, tool = self._dice.choice(_MODELS), "claude"
        odd = self._dice.random()
        model = "default" if odd < 0.07 else "unknown" if odd < 0.13 else model
        tool = "mock_ai" if self._chance(0.006) else tool
        about = {"agent_id": {"tool": tool, "id": f"{self._dice.getrandbits(64):016x}", "model": model}}
        digits = f"{self._dice.getrandbits(56):014x}"
        form = self._dice.random()
        if form < 0.86:
            key, entry, table = f"s_{digits}", f"s_{digits}::t_{digits}", self._sessions
        else:
            key = digits[:7] if form < 0.87 else digits + "00" if form < 0.998 else digits[: self._dice.choice((5, 8))]
            entry, table = key, self._prompts
        if self._chance(0.03):
            return entry, ""
        table[key] = about
        return entry, _NOBODY if tool == "mock_ai" else model

    def _file(self, name: str, keys: Sequence[tuple[str, str]]) -> str:
        rows, line = [], 1
        for key, model in self._dice.choices(keys, k=self._dice.randint(1, 6)):
            first = max(1, line - (3 if self._chance(0.05) else 0))
            last = first + self._dice.randint(0, 20)
            line = last + self._dice.randint(1, 9)
            rows.append((key, f"{first}-{last}" if last > first else str(first)))
            self._owner.update(((name, number), model) for number in range(first, last + 1))
        if self._chance(0.2):
            rows.append(("h_0123456789abcd", f"{line}-{line + 5}"))
            self._owner.update(((name, number), _NOBODY) for number in range(line, line + 6))
        return f'"{name}"\n' + "".join(f"  {key} {ranges}\n" for key, ranges in rows)

    def _messages(self, size: int) -> list[dict[str, str]]:
        words = " ".join(self._dice.choices(_WORDS, k=200))
        return [{"type": "user", "text": (words * (size // len(words) + 1))[:size]}]

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share


def agree(found: Counter[str], written: Counter[str]) -> None:
    """Lines that are counted wrongly are no measurement; raises AssertionError."""
    wanted = Counter({model: count for model, count in written.items() if model != _NOBODY})
    if found != wanted:
        raise AssertionError(f"counted {dict(found)}, and {dict(wanted)} was written")


def counted(repository: Path, database: Path, home: Path) -> Counter[str]:
    """Lines by model in our ledger."""
    sql = "SELECT model_raw, SUM(lines) AS n FROM contribution WHERE evidence = 'note' GROUP BY model_raw"
    command = [*_ledger(repository, database), "query", "--format", "json", sql]
    done = subprocess.run(command, env=surroundings(home), capture_output=True, check=True)
    return Counter({row["model_raw"] or "": int(row["n"]) for row in json.loads(done.stdout)})


def update(repository: Path, database: Path, home: Path) -> Used:
    """One reading of the notes."""
    return spent([*_ledger(repository, database), "update", "--source", "git-ai"], home)


def cold(repository: Path, database: Path, home: Path) -> Used:
    """The first reading, into a database that it makes."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    return update(repository, database, home)


def bare(repository: Path, home: Path) -> Used:
    """Git alone: the list of the notes, and what they hold, to nowhere."""
    script = f"cd '{repository}' && git notes --ref={_REF} list | cut -d' ' -f1 | git cat-file --batch >/dev/null"
    return spent(["sh", "-c", script], home)


def _ledger(repository: Path, database: Path) -> list[str]:
    return [sys.executable, "-m", "ledger", "-q", "-C", str(repository), "--database", str(database)]


def measure(repository: Path, folder: Path) -> dict[str, list[Used]]:
    """What each work took, in turns; the first round does not count."""
    works = {
        "git alone": partial(bare, repository, folder),
        "first reading": partial(cold, repository, folder / "cold.db", folder),
        "nothing new": partial(update, repository, folder / "warm.db", folder),
    }
    taken: dict[str, list[Used]] = {name: [] for name in works}

    def run(name: str) -> None:
        taken[name].append(works[name]())

    take_turns(_ROUNDS, [partial(run, name) for name in works])
    return {name: each[1:] for name, each in taken.items()}


def table(taken: dict[str, list[Used]]) -> list[str]:
    """Medians, ratios to git alone, and the highest peak."""
    base = median(used.processor for used in taken["git alone"])
    lines = [f"{'':16} {'time':>8} {'processor':>10} {'ratio':>6} {'peak':>8}"]
    for name, each in taken.items():
        seconds, processor = (median(getattr(used, kind) for used in each) for kind in ("seconds", "processor"))
        peak = max(used.peak for used in each) / 1e6
        lines.append(f"{name:16} {seconds:6.2f} s {processor:8.2f} s {processor / base:6.1f} {peak:5.0f} MB")
    return lines


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1_000])
