"""The versions of the kept tables of reviewing: what no rebuild makes again must survive our own upgrades.

A database of an older version is brought up step by step, in one transaction, after a copy of it was put aside. The
disposable tables are made anew instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from monitor.errors import StoreError
from monitor.stores.engine import explained, has_table, reading, writing
from monitor.stores.reviewtables import disposable, events, kept, marks

Migration = Callable[[Connection], None]

MIGRATIONS: Sequence[Migration] = ()
"""The step from version n (counted from 1) to n + 1, in their order."""

DISPOSABLE = 2  # raised where the layout of a disposable table changes


def prepare(engine: Engine, migrations: Sequence[Migration] = MIGRATIONS) -> bool:
    """Make the tables or bring them up to date; True where the disposable ones are empty and want filling.

    StoreError where a newer program made them.
    """
    wanted = len(migrations) + 1
    with reading(engine) as connection:
        found = version(connection, "schema")
        fresh = version(connection, "disposable") == DISPOSABLE
    if found == wanted and fresh:
        return False
    if found is not None and found > wanted:
        raise StoreError(
            f"the reviews are of a newer program (schema {found}, this one knows {wanted}): update this one"
        )
    if found is not None and found < wanted:
        _keep_copy(engine, found)
    with writing(engine) as connection:
        for migrate in migrations[found - 1 :] if found is not None else ():
            migrate(connection)
        kept.create_all(connection)
        disposable.drop_all(connection)
        disposable.create_all(connection)
        write_mark(connection, "schema", str(wanted))
        write_mark(connection, "disposable", str(DISPOSABLE))
        connection.execute(delete(marks).where(marks.c.name == "queue"))
    return True


def version(connection: Connection, name: str) -> int | None:
    """Which version of something the database holds, None where it holds none."""
    if not has_table(connection, marks.name):
        return None
    found = read_mark(connection, name)
    return None if found is None else int(found)


def read_mark(connection: Connection, name: str) -> str | None:
    return connection.scalar(select(marks.c.value).where(marks.c.name == name))


def write_mark(connection: Connection, name: str, value: str) -> None:
    connection.execute(delete(marks).where(marks.c.name == name))
    connection.execute(insert(marks).values(name=name, value=value))


def _keep_copy(engine: Engine, found: int) -> None:
    """All of a SQLite database as `reviews.db.v1`; of another database the events, as a table of their own."""
    suffix = f"v{found}"
    if engine.dialect.name == "sqlite":
        copy = Path(f"{engine.url.database}.{suffix}")
        copy.unlink(missing_ok=True)
        with explained(engine), engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("VACUUM INTO ?", (str(copy),))
        return
    with writing(engine) as connection:
        name = f"{events.name}_{suffix}"
        if not has_table(connection, name):
            connection.exec_driver_sql(f'CREATE TABLE "{name}" AS TABLE "{events.name}"')
