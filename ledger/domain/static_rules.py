"""Static rules of which model starts which work: a small language, the same in a file and on a command line.

    docs, test -> claude-haiku-4-5          # a task type, or one of several
    fix area=auth,payments -> claude-opus-4-8
    stakes=high -> claude-opus-4-8; else -> claude-sonnet-4-6

A line or a semicolon ends a rule, `#` begins a comment, and the first rule that fits a change counts. A rule goes by
what is known before anybody tries: by nothing else can a model be chosen then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.domain.nearby import unknown_name
from ledger.domain.path_rules import HIGH, NORMAL, UNKNOWN
from ledger.domain.screen import plain
from ledger.domain.tasks import GROUPED, MAINT, TYPES, known_type
from ledger.errors import LedgerError

TASK = "task_type"
KEYS = (TASK, "area", "stakes", "package")
"""What a rule can go by, as changes are told apart by it."""
MOST = 100
"""Rules; who needs more of them has a table of models, and no rule."""
_LONGEST = 64 * 1024
_EXAMPLE = "write them like 'docs -> MODEL; else -> OTHER'"
_WRITTEN = {"task": TASK, "type": TASK, **{key: key for key in KEYS}}
_LATER = frozenset(
    (
        *("size", "lines", "added", "deleted", "diff", "files", "commits", "cost", "usd", "price", "spend", "tokens"),
        *("calls", "outcome", "accepted", "acceptance", "rejected", "abandoned", "merged", "landed", "reverted"),
        *("attempts", "tries", "retries", "runs", "failed", "failing", "passed", "first_pass", "verified", "durable"),
        *("review", "reviewed", "reviews", "age", "duration", "hours", "days", "time"),
    )
)
"""What shows only while a change is made, or after."""
_TOKEN = re.compile(
    r'\s*(?:(?P<comment>#.*)|(?P<arrow>->|→)|(?P<mark>[,;=]|[<>!]=?)|"(?P<quoted>[^"]*)"'
    r'|(?P<word>(?:(?!->)[^\s,;=<>!"#→])+)|(?P<open>"))',
    re.DOTALL,
)
_BARE = re.compile(r'(?:(?!->)[^\s,;=<>!"#→])+')


@dataclass(frozen=True, slots=True)
class Rule:
    """Who starts the changes that it fits."""

    wanted: Mapping[str, tuple[str, ...]]
    """Key → the names of which a change has to have one, in the order of KEYS; none: whatever no other rule took."""
    model: str
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """As it is written."""
        names = {key: ",".join(map(_quoted, names)) for key, names in self.wanted.items()}
        said = [text if key == TASK else f"{key}={text}" for key, text in names.items()]
        return f"{' '.join(said) or 'else'} -> {_quoted(self.model)}"

    def fits(self, known: Mapping[str, str]) -> bool:
        """Whether a change is its own, by what is known of the change before it is tried."""
        return all(known.get(key, "") in spelled_out(key, names) for key, names in self.wanted.items())


def spelled_out(key: str, names: Sequence[str]) -> frozenset[str]:
    """The names, `maint` with each type that it stands for, and each of these with `maint` where all are named."""
    if key != TASK:
        return frozenset(names)
    meant = {*names, *(GROUPED if MAINT in names else ())}
    return frozenset(meant | {MAINT} if meant.issuperset(GROUPED) else meant)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """arrow | mark | quoted | word"""
    text: str


def parse(text: str) -> tuple[Rule, ...]:
    """The rules of a text; raises LedgerError, which names the line and what was expected there."""
    if len(text) > _LONGEST:
        raise LedgerError(f"These rules are {len(text):,} characters long; {_LONGEST:,} are more than any need.")
    rules: list[Rule] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        for tokens in _statements(line, number):
            rules.append(_rule(tokens, number))
            if len(rules) > MOST:
                raise LedgerError(f"Line {number}: there are more than {MOST} rules; put some of them together.")
    if not rules:
        raise LedgerError(f"There is no rule; {_EXAMPLE}.")
    check_reached(rules)
    return tuple(rules)


def check_reached(rules: Sequence[Rule]) -> None:
    """Raises LedgerError for a rule that can fit nothing, since one before it takes all that it would."""
    for place, later in enumerate(rules):
        for earlier in rules[:place]:
            if _takes_all(earlier, later):
                raise LedgerError(
                    f"Line {later.line}: no change ever reaches {plain(str(later), 120)}, since "
                    f"{plain(str(earlier), 120)} before it takes them all; the first rule that fits counts."
                )


def _takes_all(earlier: Rule, later: Rule) -> bool:
    return all(
        key in later.wanted and spelled_out(key, later.wanted[key]) <= spelled_out(key, names)
        for key, names in earlier.wanted.items()
    )


def _quoted(name: str) -> str:
    is_bare = _BARE.fullmatch(name) and name.lower() not in ("and", "else")
    return name if is_bare else f'"{name}"'


def _statements(line: str, number: int) -> list[list[_Token]]:
    found: list[list[_Token]] = [[]]
    at = 0
    while (token := _TOKEN.match(line, at)) is not None:
        at, kind = token.end(), token.lastgroup or ""
        if kind == "open":
            raise _wrong(number, "a name begins with a quotation mark and does not end with one")
        if kind == "comment":
            break
        if kind == "mark" and token["mark"] == ";":
            found.append([])
        else:
            found[-1].append(_Token(kind, token[kind]))
    return [tokens for tokens in found if tokens]


def _rule(tokens: Sequence[_Token], number: int) -> Rule:
    arrows = [place for place, token in enumerate(tokens) if token.kind == "arrow"]
    if len(arrows) != 1:
        raise _wrong(number, "a rule is CONDITION -> MODEL, with one arrow in it")
    before, after = tokens[: arrows[0]], tokens[arrows[0] + 1 :]
    if not before:
        raise _wrong(number, "there is nothing before the arrow; write else for all that no rule before it took")
    if len(after) != 1 or after[0].kind not in ("word", "quoted") or not after[0].text:
        raise _wrong(number, "one model's name was expected after the arrow, in quotation marks if it has blanks")
    if [(token.kind, token.text.lower()) for token in before] == [("word", "else")]:
        return Rule({}, after[0].text, number)
    wanted = _wanted(before, number)
    return Rule({key: wanted[key] for key in KEYS if key in wanted}, after[0].text, number)


def _wanted(tokens: Sequence[_Token], number: int) -> dict[str, tuple[str, ...]]:
    """What a condition asks for, in any order of its keys."""
    found: dict[str, tuple[str, ...]] = {}
    at = 0
    while at < len(tokens):
        has_key = at + 1 < len(tokens) and tokens[at + 1].kind == "mark" and tokens[at + 1].text != ","
        key = _key(tokens[at], tokens[at + 1], number) if has_key else TASK
        names, at = _names(tokens, at + 2 if has_key else at, number)
        if key in found:
            what = "the task type" if key == TASK else key
            raise _wrong(number, f"{what} is asked for twice; put commas between names of which one is enough")
        found[key] = tuple(dict.fromkeys(_known(key, name, number) for name in names))
        if at < len(tokens) and (tokens[at].kind, tokens[at].text.lower()) == ("word", "and"):
            at += 1
            if at == len(tokens):
                raise _wrong(number, "something was expected after `and`")
    return found


def _names(tokens: Sequence[_Token], at: int, number: int) -> tuple[list[str], int]:
    """(the names from a place on that commas part, the place after them)."""
    names: list[str] = []
    while True:
        if at >= len(tokens) or tokens[at].kind == "mark" or not tokens[at].text:
            raise _wrong(number, "a name was expected; names stand after =, or as task types alone, commas between")
        names.append(tokens[at].text)
        at += 1
        if at >= len(tokens) or tokens[at] != _Token("mark", ","):
            return names, at
        at += 1
        if at + 1 < len(tokens) and tokens[at + 1] == _Token("mark", "="):
            raise _wrong(number, "a comma parts names of one kind; part what has to hold at once by a blank or `and`")


def _key(token: _Token, mark: _Token, number: int) -> str:
    word = token.text.lower()
    if word in _LATER:
        raise _later(word, number)
    if word not in _WRITTEN or token.kind != "word":
        raise _wrong(
            number,
            f"a rule cannot go by {plain(token.text, 40)}; it goes by the task type, area=, stakes= or package=, which "
            "are known before a change is tried",
        )
    if mark.text != "=":
        raise _wrong(number, f"after {word} only = can stand, not {mark.text}; what is to be left out goes to a rule "
                             "before this one")  # fmt: skip
    return _WRITTEN[word]


def _known(key: str, name: str, number: int) -> str:
    """The name as changes have it, as far as that is known without a ledger."""
    word = name.strip().lower()
    if key == TASK:
        found = MAINT if word == MAINT else known_type(word)
        if found is None and word in _LATER:
            raise _later(word, number)
        if found is None:
            why = "else stands alone." if word == "else" else unknown_name(name, "task type", (*TYPES, MAINT))
            raise LedgerError(
                f"Line {number}: {why[0].lower()}{why[1:]} A part of the code is asked for with area=NAME."
            )
        return found
    if key == "stakes":
        if word not in (HIGH, NORMAL, UNKNOWN):
            raise _wrong(number, f"stakes are {HIGH} or {NORMAL}, not {plain(name, 40)}")
        return word
    return name


def _later(word: str, number: int) -> LedgerError:
    return _wrong(
        number,
        f"{word} is not known before a change is tried, so no rule can go by it; type, area, stakes and package are",
    )


def _wrong(number: int, why: str) -> LedgerError:
    return LedgerError(f"Line {number}: {why}.")
