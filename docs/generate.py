"""Write the generated parts of the documentation, or check that they are in step.

    python docs/generate.py [--check]

What is generated stands between `<!-- generated: NAME -->` and `<!-- end -->` in README.md and docs/*.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def commands() -> Iterator[str]:
    """Every command with its help."""
    from ledger.commands import COMMANDS

    for name in (name for section in COMMANDS.values() for name in section):
        command = import_module(f"ledger.commands.{name}").command
        yield from _command(command, name, _context())


def _context() -> click.Context:
    """That of `ledger` itself, which the verbs inherit their help options from."""
    from ledger.commands import cli

    return click.Context(cli, info_name="ledger", terminal_width=100, **cli.context_settings)


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    yield f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n\n"
    if isinstance(command, click.Group):
        for inner_name in command.list_commands(context):
            inner = command.get_command(context, inner_name)
            if inner:
                yield from _command(inner, inner_name, context)


def options() -> Iterator[str]:
    """The options before the verb."""
    context = _context()
    yield f"```\n{context.command.get_help(context)}\n```\n"


def tables() -> Iterator[str]:
    """Every table and column."""
    from ledger.store.schema import metadata

    for table in metadata.tables.values():
        yield f"## {table.name}\n\n{table.comment}\n\n| column | type | meaning |\n|---|---|---|\n"
        for column in table.columns:
            marks = (
                f"{_type(column.type)}{', key' if column.primary_key else ''}{'' if column.nullable else ', not null'}"
            )
            yield f"| {column.name} | {marks} | {column.comment} |\n"
        yield "\n"


def _type(kind: object) -> str:
    name = type(kind).__name__
    return {"UtcTime": "timestamp", "Tuples": "JSON text", "BigInteger": "bigint"}.get(name, name.lower())


def views() -> Iterator[str]:
    """Every view and column, with a question and what the demo's ledger answers."""
    from ledger.store.view_comments import EXAMPLES, VIEW_COMMENTS, view_column_comment
    from ledger.store.views import VIEWS

    _, answers, columns = demo()
    for view in VIEWS:
        yield f"## {view}\n\n{VIEW_COMMENTS[view]}\n\n| column | meaning |\n|---|---|\n"
        for column in columns[view]:
            yield f"| {column} | {view_column_comment(view, column)} |\n"
        yield f"\n```sql\n{EXAMPLES[view]}\n```\n\n```\n{answers[view]}\n```\n\n"


@cache
def demo() -> tuple[str, dict[str, str], dict[str, list[str]]]:
    """The demo's report as printed, its answers to the views' examples, and the views' columns."""
    import os
    import tempfile

    from ledger.commands.demo import post_and_report
    from ledger.demo.make import make_demo
    from ledger.demo.scenario import draw_scenario
    from ledger.reports.rows import as_table
    from ledger.store.engine import open_ledger
    from ledger.store.query import query
    from ledger.store.view_comments import EXAMPLES
    from ledger.store.views import VIEWS

    os.environ.pop("COLUMNS", None)
    with tempfile.TemporaryDirectory() as folder:
        scenario = draw_scenario()
        made = make_demo(scenario, Path(folder) / "demo")
        report = post_and_report(made, scenario)
        ledger = open_ledger(str(made.repository / ".git" / "ledger" / "ledger.db"))
        asked = {view: query(ledger, EXAMPLES[view]) for view in VIEWS}
        columns = {view: list(query(ledger, f"SELECT * FROM {view} LIMIT 0").columns) for view in VIEWS}  # noqa: S608 - names of ours
        ledger.close()
    answers = {view: _trimmed(as_table(found.columns, found.rows, 100)) for view, found in asked.items()}
    return _trimmed(report), answers, columns


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines())


def areas() -> Iterator[str]:
    """The known areas with their stakes and patterns; what is left out of all of them is told in the text."""
    from ledger.domain.known_areas import ASIDE, PACKAGES
    from ledger.domain.path_rules import KNOWN_AREAS

    yield "| area | stakes | patterns |\n|---|---|---|\n"
    for area in KNOWN_AREAS:
        patterns = (f"`{pattern}`" for pattern in area.patterns if pattern not in ASIDE)
        yield f"| {area.name} | {area.stakes} | {' '.join(patterns)} |\n"
    yield f"\nLeft out of each of them: {' '.join(f'`{pattern[1:]}`' for pattern in ASIDE)}.\n"
    yield f"\nPackages: {' '.join(f'`{pattern}`' for pattern in PACKAGES)}.\n"


def kinds() -> Iterator[str]:
    """Every entry kind with its natural key and fields."""
    from ledger.domain.facts import KINDS
    from ledger.store.comments import TABLES

    yield "| kind | what | natural key | fields of the body |\n|---|---|---|---|\n"
    for name, record in KINDS.items():
        if name == "entry":
            continue
        own = name in ("repository", "repository_alias")
        body = [field.name for field in fields(record) if field.name != "repository_id" or own]
        key = ["repository" if part == "repository_id" and not own else part for part in record.key]
        yield f"| {name} | {TABLES[name]} | {', '.join(key)} | {', '.join(body)} |\n"
    yield "| statement | One row of a spreadsheet. | the line, and which of equal ones | "
    from ledger.domain.statements import FIELDS

    yield f"{', '.join(FIELDS)} |\n| retract | Takes an entry back. | id | id |\n"


def rules() -> Iterator[str]:
    """Every rule of attribution in its order, with how sure it is."""
    from ledger.domain.rules import RULES

    yield "| rule | a call goes by | |\n|---|---|---|\n"
    yield from (f"| {name} | {rule.says} | {rule.strength} |\n" for name, rule in RULES.items())


def reasons() -> Iterator[str]:
    """Every reason that a call can be unattributed for, with its remedy."""
    from ledger.domain.reasons import REMEDIES

    yield "| reason | what to do |\n|---|---|\n"
    yield from (f"| {reason} | {remedy} |\n" for reason, remedy in REMEDIES.items())


def report() -> Iterator[str]:
    """The report of the demo, as `ledger demo` prints it."""
    yield f"```\n{demo()[0]}\n```\n"


def action() -> Iterator[str]:
    """The inputs and outputs of action.yml."""
    from ruamel.yaml import YAML

    told = YAML(typ="safe").load((ROOT / "action.yml").read_text(encoding="utf-8"))
    yield "| input | default | what it is |\n|---|---|---|\n"
    for name, each in told["inputs"].items():
        yield f"| `{name}` | {_code(each['default'])} | {each['description']} |\n"
    yield "\n| output | what it is |\n|---|---|\n"
    yield from (f"| `{name}` | {each['description']} |\n" for name, each in told["outputs"].items())


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def page() -> Iterator[str]:
    """A report in Markdown, as a job's summary shows it; a test holds it to what is written."""
    text = (ROOT / "tests" / "reports" / "golden" / "report.md").read_text(encoding="utf-8")
    yield "".join(f"> {line}".rstrip() + "\n" for line in text.splitlines())


BLOCKS: dict[str, Callable[[], Iterator[str]]] = {
    "commands": commands,
    "options": options,
    "tables": tables,
    "views": views,
    "kinds": kinds,
    "areas": areas,
    "rules": rules,
    "reasons": reasons,
    "report": report,
    "action": action,
    "page": page,
}


def generated(text: str) -> str:
    """A page with its generated blocks as they should be."""
    return _BLOCK.sub(lambda block: block[1] + "".join(BLOCKS[block[2]]()).rstrip("\n") + "\n" + block[3], text)


def main() -> int:
    """Write the pages that are out of step; with --check only name them, and say so by the exit code."""
    is_check = "--check" in sys.argv[1:]
    stale = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        wanted = generated(text)
        if wanted != text:
            stale.append(page.name)
            if not is_check:
                page.write_text(wanted, encoding="utf-8")
    if stale:
        click.echo(f"{'Out of step' if is_check else 'Written'}: {', '.join(stale)}", err=is_check)
    return int(is_check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
