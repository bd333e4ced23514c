"""Fuzz the readers: `python -m tests.fuzzing [READER…] [--seconds N]`, a minute for each unless told.

Needs `pip install atheris`. What breaks a reader is kept in the folder that is printed.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def main() -> int:
    """One process for each reader, since a fuzzer ends its own; returns how many readers broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("readers", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        _fuzz(asked.readers[0], asked.seconds)
    readers = importlib.import_module("tests.fuzzing.readers").READERS
    broken = 0
    for name in asked.readers or readers:
        command = [sys.executable, "-m", "tests.fuzzing", "--alone", "--seconds", str(asked.seconds), name]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        said = [line for line in done.stderr.splitlines() if "DONE" in line or "Error" in line or "ERROR" in line]
        print(f"{name}: {'; '.join(said[-3:]) or done.stderr[-300:]}", flush=True)
        broken += done.returncode != 0
        if done.returncode:
            print(done.stdout[-3000:], done.stderr[-3000:], flush=True)
    return broken


def _fuzz(name: str, seconds: int) -> None:
    """Feed one reader until the time is over; does not return."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["ledger"]):
        readers = importlib.import_module("tests.fuzzing.readers")
    reader = readers.READERS[name]
    base = Path(tempfile.mkdtemp(prefix=f"ledger-fuzzing-{name}-"))
    corpus = base / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(reader.seeds()):
        (corpus / f"seed{number}").write_bytes(bytes([128]) + seed)
    shared = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory, where there is some

    def once(data: bytes) -> None:
        if data:
            with readers.folder_of(shared) as folder:
                readers.feed(reader, folder, data[1:], (len(data) - 1) * data[0] // 255)

    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=700", "-max_len=30000"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={base}/", str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
