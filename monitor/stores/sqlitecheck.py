"""What SQLite itself says of a damaged file: rows can be whole while the indexes that find them are not."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from monitor.errors import StoreError
from monitor.stores.engine import reading, writing
from monitor.stores.sql import ready

_UNREADABLE = "is damaged: SQLite's own message about it cannot be read"
_MOST = 20  # flaws that are told one by one
# Its second value asks that the index be compared with the texts, too
_TEXT_INDEX = "INSERT INTO revision_text(revision_text, rank) VALUES('integrity-check', 1)"


def damage(engine: Engine) -> list[str]:
    """What is wrong with the file of a database that has no full-text index; a server looks after its own."""
    if engine.dialect.name != "sqlite":
        return []
    try:
        with reading(engine) as connection:
            return _damage(connection)
    except StoreError as error:
        return [str(error)]
    except UnicodeDecodeError:
        return [_UNREADABLE]


def _damage(connection: Connection) -> list[str]:
    told = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})").scalars()
    return [line for line in told if line != "ok"]


def flaws(engine: Engine) -> list[str]:
    """What is wrong with the file of a ledger, its indexes and its full-text index; a server looks after its own."""
    if engine.dialect.name != "sqlite":
        return []
    try:
        with reading(engine) as connection:
            if not ready(connection):
                return []
            found = _damage(connection)
        if not found:
            with writing(engine) as connection:
                connection.exec_driver_sql(_TEXT_INDEX)
    except StoreError as error:
        return [str(error)]
    except UnicodeDecodeError:  # the driver's, of a message that repeats damaged bytes
        return [_UNREADABLE]
    return found
