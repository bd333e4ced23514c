"""A table of calls, CSV or JSON Lines, whose columns a person names; the rules are in `ledger.domain.table`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ledger.domain.reading import Named, Reading
from ledger.domain.table import FIELDS, SOURCE, calls, rows
from ledger.errors import LedgerError
from ledger.files import Rows, read_files


def read_named(named: Named) -> Reading:
    """The calls of the named tables; raises LedgerError for a column map that cannot be used, or a file."""
    columns = {**(_from_file(named.columns_file) if named.columns_file else {}), **named.columns}
    unknown = sorted(set(columns) - set(FIELDS))
    if unknown:
        raise LedgerError(f"A call has no field {unknown[0]!r}; the fields are {', '.join(FIELDS)}.")
    settings = json.dumps(columns, sort_keys=True)
    return read_files(named, Rows(SOURCE, rows, calls(columns), settings=settings))


def _from_file(name: str) -> Mapping[str, str]:
    try:
        table = tomllib.loads(Path(name).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise LedgerError(f"{name} cannot be read ({error.strerror}); name a TOML file of columns.") from error
    except ValueError as error:
        raise LedgerError(f'{name} is not valid TOML ({error}); write lines like model = "Model Name".') from error
    wrong = next((field for field, column in table.items() if not isinstance(column, str)), None)
    if wrong:
        raise LedgerError(f'{name}: {wrong} must be the name of a column, like {wrong} = "Some Column".')
    return table
