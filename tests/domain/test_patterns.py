"""Patterns of paths: what fits, what the last word is, and what cannot be used."""

from __future__ import annotations

import re
from fnmatch import translate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.patterns import directory_finder, matcher

names = st.text("ab.-", min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ("auth", ["auth", "src/auth", "auth/a.py", "src/auth/b/a.py", "src/Auth/a.py"], ["author.py", "oauth/a.py"]),
        ("auth/", ["auth/a.py", "src/auth/a.py"], ["auth", "src/auth"]),
        ("/auth", ["auth", "auth/a.py"], ["src/auth"]),
        ("src/auth/", ["src/auth/a.py"], ["x/src/auth/a.py", "src/auth"]),
        ("*.tf", ["a.tf", "infra/net/a.tf", "A.TF"], ["a.tfvars", "tf"]),
        ("*.tf/", ["a.tf/x"], ["a.tf"]),
        ("**/gen", ["gen", "a/b/gen/c"], ["generated"]),
        ("gen/**", ["gen/a", "gen/a/b"], ["gen", "x/gen/a"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/c"], ["x/a/b", "a/xb"]),
        ("a/**/**/b", ["a/b", "a/x/y/b"], ["ab"]),
        ("a/**/b/c/**/d", ["a/b/c/d", "a/x/b/b/c/y/d", "a/b/x/b/c/d/z"], ["a/b/x/c/d", "a/c/b/d"]),
        ("**/a/**/b", ["x/a/y/b", "a/b"], ["xa/b"]),
        ("x*a*ab", ["xaab", "xabab", "x-a-ab"], ["xab", "xa/ab"]),
        ("*a*a*", ["aa", "bacad"], ["ba", "a/a"]),
        ("lib/*.c", ["lib/a.c"], ["lib/x/a.c", "a.c"]),
        ("v?.sql", ["v1.sql", "db/v2.sql"], ["v.sql", "v10.sql", "v/.sql"]),
        ("V[0-9]*__*.sql", ["db/V12__add.sql"], ["db/Vx__add.sql", "V1_a.sql"]),
        ("[!a]b", ["cb", "-b"], ["ab", "x/ab", "b", "x/b"]),
        ("[^a]b", ["cb"], ["ab"]),
        ("[a-]b", ["-b", "ab"], ["bb"]),
        ("[a&&b]c", ["&c"], ["cc"]),
        ("[ab", ["[ab"], ["a"]),
        (r"\!x", ["!x"], ["x"]),
        (r"a\*", ["a*"], ["ab"]),
        ("a.c", ["a.c"], ["abc"]),
        ("a", ["a", "b\n/a"], ["a\n"]),
    ],
)
def test_a_pattern_fits_what_a_gitignore_says(pattern: str, fitting: list[str], other: list[str]) -> None:
    fits = matcher([pattern])
    assert [path for path in fitting if not fits(path)] == []
    assert [path for path in other if fits(path)] == []


def test_the_last_pattern_that_fits_decides() -> None:
    fits = matcher(["auth", "!tests", "tests/auth/keys", "!*.md"])
    assert [path for path in ("auth/a", "auth/tests/a", "tests/auth/keys/b", "tests/auth/keys/b.md") if fits(path)] == [
        "auth/a",
        "tests/auth/keys/b",
    ]
    assert not matcher([])("a")
    assert not matcher(["!a"])("a")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "no file"),
        ("/", "no file"),
        ("!", "no file"),
        ("**", "no file"),
        ("a//b", "no file"),
        ("a" * 201, "longer than 200"),
        ("[z-a]", r"a set in \[ \]"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_in_words(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        matcher([pattern])


@given(st.text("ab*?", min_size=1, max_size=4), names)
def test_one_name_fits_as_the_shell_has_it(pattern: str, name: str) -> None:
    if pattern == "**":
        return
    assert matcher([pattern])(name) == bool(re.match(translate(pattern), name))


@given(st.lists(st.text("ab*?/!.[]-", max_size=6), max_size=4), paths)
def test_any_patterns_are_refused_or_settle_any_path(patterns: list[str], path: str) -> None:
    try:
        fits = matcher(patterns)
    except ValueError:
        return
    assert fits(path) in (True, False)
    assert fits(path) == fits(path.upper())


@given(paths, paths)
def test_what_lies_in_a_directory_that_fits_fits_too(directory: str, inside: str) -> None:
    assert matcher([f"/{directory}"])(f"{directory}/{inside}")
    assert matcher([directory.rpartition("/")[2]])(f"{directory}/{inside}")


def test_a_path_made_to_be_slow_ends() -> None:
    """Without settling each part at once, these take longer than any test may."""
    fits = matcher(["*a*a*a*a*a*a*a*b", "x/**/y/**/y/**/y/**/y/**/z"])
    assert not fits("a" * 4000)
    assert not fits("x/" + "y/" * 2000 + "q")


@pytest.mark.parametrize(
    ("patterns", "path", "package"),
    [
        (["packages/*"], "packages/web/src/a.ts", "packages/web"),
        (["packages/*"], "packages/README.md", ""),
        (["packages/*"], "x/packages/web/a", ""),
        (["packages/**"], "packages/web/src/a.ts", "packages/web"),
        (["packages/*", "packages/*/plugins/*"], "packages/web/plugins/x/a", "packages/web/plugins/x"),
        (["./tools/lint/"], "tools/lint/a.go", "tools/lint"),
        (["packages/*", "!packages/old"], "packages/old/a", ""),
        (["packages/*", "!./packages/old"], "packages/old/a", ""),
        (["packages/*", "!packages/old"], "packages/older/a", "packages/older"),
        ([".", "web"], "web/a", "web"),
        (["."], "web/a", ""),
        ([], "web/a", ""),
    ],
)
def test_a_package_is_the_deepest_directory_that_is_named(patterns: list[str], path: str, package: str) -> None:
    assert directory_finder(patterns)(path) == package
