"""Every reader ends on any bytes, on lines that are cut and spliced, and in memory that does not grow with them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.posting.agents import AGENTS
from ledger.posting.named import NAMED
from tests.fuzzing.readers import READERS, feed, folder_of

NAMES = sorted(READERS)


def test_every_source_is_fed() -> None:
    assert {*AGENTS, *NAMED} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_fuzzer_begins_with_is_read(name: str, tmp_path: Path) -> None:
    for number, seed in enumerate(READERS[name].seeds()):
        assert feed(READERS[name], tmp_path / str(number), seed, len(seed)) or name in ("entries", "requests")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), share=st.floats(0, 1))
def test_any_bytes_are_read_to_their_end(name: str, content: bytes, share: float) -> None:
    with folder_of() as folder:
        feed(READERS[name], folder, content, int(len(content) * share))


@st.composite
def spliced(draw: st.DrawFn, seed: bytes) -> bytes:
    """The content cut, turned round, repeated and joined anew, with a few bytes between."""
    cuts = sorted(draw(st.lists(st.integers(0, len(seed)), max_size=4)))
    parts = [seed[start:end] for start, end in zip([0, *cuts], [*cuts, len(seed)], strict=True)]
    wanted = draw(st.lists(st.sampled_from(parts), max_size=6))
    return b"".join(part + draw(st.sampled_from([b"", b"\n", b"\0", b"}", b'"', b"\xff", b"{}"])) for part in wanted)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cut_and_spliced_files_are_read_to_their_end(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(list(READERS[name].seeds())))
    content = data.draw(spliced(seed))
    with folder_of() as folder:
        feed(READERS[name], folder, content, data.draw(st.integers(0, len(content))))


LINES = sorted({"codex", "copilot-cli", "gemini-cli", "qwen-code", "pi", "claude-code", "litellm", "otlp", "entries"})


@pytest.mark.parametrize("name", LINES)
def test_a_file_of_ten_megabytes_takes_no_more_memory_than_its_calls(name: str, tmp_path: Path) -> None:
    seed = READERS[name].seeds()[0]
    path = tmp_path / READERS[name].place
    path.parent.mkdir(parents=True, exist_ok=True)
    junk = b'{"type":"talk","text":"' + b"x" * 100_000 + b'"}\n'
    path.write_bytes(seed + junk * 100)
    tracemalloc.start()
    READERS[name].read(tmp_path, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6_000_000
