"""The libraries that draw the page are those that were fetched, and they stay plain scripts."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.commands.running import ROOT


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("charts", ROOT / "docs" / "charts.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


charts = _loaded()
HERE: Path = charts.HERE


def test_every_library_has_the_hash_that_was_written_down_and_a_licence() -> None:
    assert charts.wrong(HERE) == []
    text = (HERE / "LICENSES.txt").read_text()
    manifest = json.loads((HERE / "charts.json").read_text())
    assert all(f"{name} {entry['version']}" in text for name, entry in manifest.items())
    assert text.count("Redistribution and use in source and binary forms") >= 3


def test_a_library_that_was_changed_is_named(tmp_path: Path) -> None:
    copy = tmp_path / "page"
    shutil.copytree(HERE, copy)
    with (copy / "vega-lite.js").open("a") as file:
        file.write("alert(1)")
    assert charts.wrong(copy) == ["vega-lite"]


def test_a_module_becomes_a_script_that_leaves_its_word() -> None:
    module = "import { a, b } from 'vega-util';\nfunction f() { return a + b; }\nexport { f as sum };\n"
    module += "//# sourceMappingURL=x.map\n"
    found = charts.adapted(module, "my-lib")
    assert "const { a, b } = globalThis.vega;" in found
    assert "globalThis.my_lib = { sum: f };" in found
    assert "import " not in found
    assert "sourceMappingURL" not in found
    assert found.startswith("(() => {")


def test_a_script_stays_as_it_is_and_ends_nothing() -> None:
    assert charts.adapted("var a = 1;\n", "x") == "var a = 1;\n"
    assert charts.adapted("var a = '</SCRIPT>';", "x") == r"var a = '<\/SCRIPT>';"


def package(modules: Path, name: str, licence: str, needs: tuple[str, ...] = ()) -> None:
    folder = modules / name
    folder.mkdir(parents=True)
    told = {"version": "1.0", "license": "ISC", "dependencies": dict.fromkeys(needs, "*")}
    (folder / "package.json").write_text(json.dumps(told))
    if licence:
        (folder / "LICENSE.md").write_text(licence)


def test_licences_are_told_of_all_that_a_library_is_made_of(tmp_path: Path) -> None:
    package(tmp_path, "top", "mine", ("part", "yargs"))
    package(tmp_path, "part", "theirs\n", ("deep", "top"))
    package(tmp_path, "deep", "theirs")
    package(tmp_path, "other", "no")
    assert charts.licences(tmp_path, ["top"]) == "deep 1.0, part 1.0\n\ntheirs\n\ntop 1.0\n\nmine\n"


def test_a_licence_without_a_text_is_named(tmp_path: Path) -> None:
    package(tmp_path, "bare", "")
    assert charts.licences(tmp_path, ["bare"]) == "bare 1.0\n\nISC, no text given.\n"


@pytest.mark.parametrize("argument", ["vega", "jquery=3"])
def test_only_a_known_library_can_have_another_version(argument: str) -> None:
    done = subprocess.run(
        [sys.executable, "docs/charts.py", "fetch", argument], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "write it like vega=6.4.0" in done.stderr


def test_a_digest_is_of_the_text() -> None:
    assert charts.digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
