"""The statements of `questions` as SQLAlchemy compiles them for SQLite: what stands in `compiled`.

    python -m monitor.stores.compiling

writes that file anew, after a statement or a table was altered.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Boolean, Select
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from monitor.stores.asking import Compiled
from monitor.stores.engine import insert_into
from monitor.stores.questions import questions, written

FILE = Path(__file__).with_name("compiled.py")
_HEAD = '''"""The statements of `questions` as SQLAlchemy compiles them for SQLite.

Written by `python -m monitor.stores.compiling`; not by hand.
"""

from monitor.stores.asking import Compiled

'''


def source() -> str:
    """The text of `compiled`."""
    inserts = {table.name: insert_into(table, "sqlite") for table in written()}
    puts = (f"    {name!r}: {sql!r},\n" for name, sql in inserts.items())
    return "".join([_HEAD, "COMPILED = {\n", *_entries(), "}\n\nINSERTS = {\n", *puts, "}\n"])


def _entries() -> Iterator[str]:
    dialect = SQLiteDialect_pysqlite()
    for name, statement in questions().items():
        compiled: Any = cast("Any", statement).compile(dialect=dialect)
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        told = Compiled(
            sql=" ".join(str(compiled).split()),
            order=tuple(compiled.positiontup),
            values={key: value for key, value in compiled.params.items() if value is not None},
            flags=tuple(at for at, column in enumerate(columns) if isinstance(column.type, Boolean)),
        )
        parts = "".join(f"        {part}={value!r},\n" for part, value in told._asdict().items())
        yield f"    {name!r}: Compiled(\n{parts}    ),\n"


if __name__ == "__main__":
    FILE.write_text(source(), encoding="utf-8")
