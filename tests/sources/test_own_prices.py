"""The file of the user's own prices: what is taken, and what is refused in a sentence."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import BadSetting
from ledger.sources.own_prices import read_own_prices

GOOD = """# What we agreed on.
[[price]]
model = "claude-opus-4-8"
from = 2026-01-01
until = 2026-07-01
input = 4.5
output = 22.5
batch = 0.5

[[price.above]]
tokens = 200000
input = 9
output = 33.75

[[price]]
model = "composer-1"
provider = "cursor"
input = "1.25"
cache_read = 0.125
output = 10
web_search = 0
"""


def write(tmp_path: Path, text: str, name: str = "prices.toml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def refused(path: Path) -> str:
    with pytest.raises(BadSetting) as caught:
        read_own_prices(path)
    return str(caught.value)


def test_rates_dates_tiers_and_factors_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    claude, composer = read_own_prices(path)
    assert claude.tiers == (
        (0, 4_500_000_000, 450_000_000, 5_625_000_000, 9_000_000_000, 22_500_000_000),
        (200_000, 9_000_000_000, 900_000_000, 11_250_000_000, 18_000_000_000, 33_750_000_000),
    )
    assert (claude.first, claude.until, claude.where) == ("2026-01-01", "2026-07-01", f"{path}, line 2")
    assert (claude.factors, claude.web_search_nusd) == ((("batch", Decimal("0.5")),), 10_000_000)
    assert composer.tiers == ((0, 1_250_000_000, 125_000_000, 1_250_000_000, 1_250_000_000, 10_000_000_000),)
    assert (composer.provider, composer.web_search_nusd, composer.where) == ("cursor", 0, f"{path}, line 15")


def test_the_version_is_that_of_the_content_and_no_path(tmp_path: Path) -> None:
    one, same = write(tmp_path, GOOD), write(tmp_path, GOOD, "other.toml")
    other = write(tmp_path, GOOD.replace("4.5", "4.6"), "third.toml")
    versions = [read_own_prices(path)[0].version for path in (one, same, other)]
    assert versions[0] == versions[1] != versions[2]
    assert str(tmp_path) not in versions[0]


def test_json_says_the_same(tmp_path: Path) -> None:
    rows = [{"model": "composer-1", "from": "2026-01-01", "input": 1.25, "output": "10", "above": []}]
    (found,) = read_own_prices(write(tmp_path, json.dumps({"price": rows}), "prices.json"))
    assert (found.tiers[0][1], found.tiers[0][5], found.first) == (1_250_000_000, 10_000_000_000, "2026-01-01")


def test_a_decimal_stays_exact(tmp_path: Path) -> None:
    (found,) = read_own_prices(write(tmp_path, '[[price]]\nmodel = "m"\ninput = 0.000000001\noutput = 0.3\n'))
    assert found.tiers[0][1] == 1
    assert found.tiers[0][5] == 300_000_000


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("output = 10", "", "line 15 (composer-1), output: Field required"),
        ("output = 10", "output = -1", "output: "),
        ("output = 10", "output = true", "write a plain number"),
        ("output = 10", "output = nan", "output: "),
        ("output = 10", 'output = "$10"', "write a plain number"),
        ("output = 10", "output = 0.0000000001", "output: "),
        ("output = 10", "output = 10\noutptu = 3", "line 15 (composer-1), outptu: Extra inputs"),
        ('model = "composer-1"', "", "line 15 (no model), model: Field required"),
        ("from = 2026-01-01", "from = 2026-13-01", "is not valid TOML"),
        ("from = 2026-01-01", 'from = "soon"', "line 2 (claude-opus-4-8), from: "),
        ("until = 2026-07-01", "until = 2026-01-01", "until is the first day it no longer holds"),
        ("tokens = 200000", "tokens = 0", "line 2 (claude-opus-4-8), above.0.tokens: "),
        ("batch = 0.5", "batch = 0", "batch: "),
        ("# What we agreed on.", "currency = 3", "currency: Extra inputs"),
        ('"composer-1"\nprovider = "cursor"', '"Claude Opus 4.8"', "hold on the same days"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_model(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    said = refused(write(tmp_path, GOOD.replace(old, new)))
    assert says in said
    assert str(tmp_path / "prices.toml") in said


def test_the_same_tier_twice_is_refused(tmp_path: Path) -> None:
    tier = "[[price.above]]\ntokens = 5\ninput = 1\noutput = 1\n"
    text = '[[price]]\nmodel = "m"\ninput = 1\noutput = 1\n' + tier * 2
    assert "two tiers begin above the same tokens" in refused(write(tmp_path, text))


def test_where_lines_cannot_be_told_prices_are_numbered(tmp_path: Path) -> None:
    said = refused(write(tmp_path, json.dumps({"price": [{"model": "m", "input": 1}]}), "prices.json"))
    assert "prices.json, price 1 (m), output: Field required" in said
    assert "price 1 (m)" in refused(write(tmp_path, 'price = [{model = "m", input = 1}]'))


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("{", "prices.json", "line 1, is not valid JSON"),
        ("[[price", "prices.toml", "is not valid TOML"),
        ("[]", "prices.json", "the file: "),
        ("", "prices.toml", "price: Field required"),
        ('{"price": 3}', "prices.json", "price: "),
        ('{"price": [3]}', "prices.json", "(no table)"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str, name: str, says: str) -> None:
    assert says in refused(write(tmp_path, text, name))


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    assert "cannot be read (No such file" in refused(tmp_path / "none.toml")
    path = tmp_path / "prices.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not text in UTF-8" in refused(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.sampled_from(["prices.toml", "prices.json"]))
def test_no_file_makes_it_fall_over(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / name
    path.write_text(text, errors="replace")
    try:
        read_own_prices(path)
    except BadSetting as error:
        said = str(error)
    else:
        said = str(path)
    assert str(path) in said
