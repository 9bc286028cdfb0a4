"""SQLite and PostgreSQL behind one interface: SQL as text with named parameters, transactions, one-line errors.

Parameters are written `:name`. A list is written `IN (:names)` and may be empty; `chunks` splits long lists. Rows are
plain tuples; SQLite returns booleans as 0 and 1.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from copy import copy
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from monitor.errors import ConfigError, StoreError

DatabaseRow = tuple[Any, ...]
Parameters = Mapping[str, object]

CHUNK = 500  # values in one IN list, rows in one part of a stream
NO_PARAMETERS: Parameters = {}

_OF_LEDGER = "the ledger", "`monitor rebuild` makes it again from the snapshots"
_OF_REVIEWS = "the reviews", "`monitor recover` keeps them aside and fills new ones from their branch"
_OF_SERVER = "nothing was lost; see that the server runs, can be reached and lets the monitor in"
_OF_DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")  # nothing that a rebuild would mend
_OF_ANOTHER_VERSION = "another version of the monitor made it; `monitor rebuild` makes it again"
_UNREACHABLE = ("08", "28", "3D", "53", "57")  # PostgreSQL's classes: connection, login, no database, full, shut down
_LOCKED = "55P03"  # PostgreSQL's number for a lock that was waited for too long
LOCK_TIMEOUT = "20s"  # for tables that are exchanged or written again: who comes after waits as long
_UNDEFINED = ("42703", "42P01")  # PostgreSQL's numbers for a missing column and a missing table

# Readers go on while one writes; a commit is on the disk before it is acknowledged. Chosen by power cuts: see
# docs/decisions/2026-11-24-durability.md
PRAGMAS: tuple[str, ...] = ("journal_mode=WAL", "synchronous=FULL")
SCRATCH_PRAGMAS: tuple[str, ...] = ("journal_mode=MEMORY", "synchronous=OFF")
_ALWAYS = ("busy_timeout=30000", "temp_store=MEMORY")

_ON_NETWORK_DISKS: tuple[str, ...] = ("synchronous=FULL", "journal_mode=DELETE")  # a WAL needs memory that is shared

OLDEST_SQLITE = (3, 27, 0)
SOUND_SQLITE = (3, 51, 3)
"""From then on several processes may write while the log is reset."""

MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(
    r"nfs4?|cifs|smb3?|smbfs|ncpfs|afs|9p|ceph|lustre|glusterfs|davfs2?"
    r"|fuse\.(sshfs|rclone|s3fs|davfs2?|glusterfs|ceph|ceph-fuse|smbnetfs|gcsfuse|juicefs)"
)
_OCTAL = re.compile(r"\\([0-7]{3})")

_URL = re.compile(
    r"(?P<scheme>[\w+]+)://"
    r"(?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[(?P<host6>[^/?]+)\]|(?P<host>[^/:?]+))?(?::(?P<port>\d*))?"
    r"(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
# Parameters and lists of them; whatever else may hold a colon or a percent sign is passed over.
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|::|%"
    r"|(?P<negated>\bNOT\s+)?\bIN\s*\(\s*:(?P<values>[A-Za-z_]\w*)\s*\)|:(?P<name>[A-Za-z_]\w*)",
    re.DOTALL | re.IGNORECASE,
)


# --- opening ------------------------------------------------------------------------------------


def open_database(url: str, *, reviews: bool = False, read_only: bool = False, scratch: bool = False) -> Database:
    """The database that a URL names; nothing is connected to until it is asked.

    `sqlite:///path` (its folder is made), `sqlite://` in memory, or `postgresql+psycopg://…`; ConfigError for anything
    else. `reviews`: it is theirs, which nothing makes again from the snapshots; an error must not say so. `read_only`:
    nothing is made or written, and a SQLite file that is not there is empty. `scratch`: a SQLite file that nobody needs
    once its writer has failed.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise ConfigError("[store] ledger is neither sqlite nor a URL such as postgresql+psycopg://host/name")
    scheme = found["scheme"]
    if scheme == "sqlite":
        return Database(_Sqlite(found["database"] or ":memory:", read_only=read_only, scratch=scratch), reviews=reviews)
    if scheme in ("postgresql", "postgresql+psycopg"):
        return Database(_Postgresql(found, read_only=read_only), reviews=reviews)
    raise ConfigError(f"[store] ledger: {scheme} is not supported; use sqlite or postgresql+psycopg")


def sqlite_flaw() -> str | None:
    """What this version of SQLite does not promise, in a line; None where it has no known fault."""
    if sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return None
    sound = ".".join(map(str, SOUND_SQLITE))
    return f"{sqlite3.sqlite_version}: before {sound}, processes that write at once can, rarely, damage a database"


@lru_cache(16)
def network_disk(folder: Path) -> str | None:
    """The kind of file system where a folder lies on a network disk, such as `nfs4`; None where not, or nobody says."""
    try:
        lines = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    real, found = os.path.realpath(folder), ("", "")
    for line in lines:
        own, _, rest = line.partition(" - ")  # `36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw`
        fields, kind = own.split(), rest.partition(" ")[0]
        if len(fields) < 5:
            continue
        place = _OCTAL.sub(lambda escape: chr(int(escape[1], 8)), fields[4])
        below = real == place or real.startswith(f"{place.rstrip('/')}/")
        if below and len(place) >= len(found[0]):  # of equal places the later one lies above
            found = place, kind
    return found[1] if _NETWORK.fullmatch(found[1]) else None


class Database:
    """Connections to one database, made when they are needed and kept for the next transaction.

    It may be used by several threads. A transaction within another one has a connection of its own; only a database
    in memory has one connection for all.
    """

    def __init__(self, driver: _Sqlite | _Postgresql, *, reviews: bool) -> None:
        self._driver = driver
        self._reviews = reviews
        self._idle: list[Any] = []
        self._in_memory: Any = None
        self.dialect = driver.dialect  # `sqlite` or `postgresql`
        self.read_only = driver.read_only

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None where it is none."""
        return self._driver.path

    def read_transaction(self) -> AbstractContextManager[Transaction]:
        """A reader's transaction: it sees one state of the database from its first to its last query."""
        return self._transaction(self._driver.begin_read)

    def write_transaction(self) -> AbstractContextManager[Transaction]:
        """A writer's transaction: all of it or nothing."""
        return self._transaction(self._driver.begin_write)

    def copy_to(self, path: Path) -> None:
        """A copy of a SQLite database as a new file."""
        with self._explained(), self._connected() as connection:
            connection.execute("VACUUM INTO ?", (str(path),))

    def purge(self) -> None:
        """Write the database again, so that nothing of what was deleted is left in its pages, log or statistics.

        StoreError where somebody reads a SQLite database for so long that its log cannot be emptied. In PostgreSQL each
        table of the schema is written again, and ledgers that were kept aside go; its own write-ahead log is the
        server's.
        """
        with self._explained(), self._connected() as connection:
            done = self._driver.purge(connection)
        if not done:
            raise StoreError(f"{self.path} is in use, so that its log still has what was deleted: `monitor run` again")

    def become(self, other: Database) -> None:
        """Hold what another SQLite database holds; readers see the one or the other, never anything between."""
        with self._explained(), self._connected() as connection, other._connected() as source:
            source.backup(connection)

    @contextmanager
    def rolled_back(self) -> Iterator[Database]:
        """The same PostgreSQL database: what is written to it is seen through this value alone, and is gone after the
        block."""
        with self._explained(), self._connected() as connection:
            connection.execute("BEGIN")
            try:
                yield _WithinTransaction(self._driver, connection)
            finally:
                self._driver.roll_back(connection)

    def in_schema(self, name: str) -> Database:
        """The same PostgreSQL database, where tables are made and found in this schema."""
        return Database(self._driver.in_schema(name), reviews=self._reviews)

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The driver's own errors, as they are raised within a transaction."""
        return self._driver.errors

    def close(self) -> None:
        """Close all connections; the next transaction makes a new one."""
        while self._idle:
            self._idle.pop().close()
        self._in_memory = None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Transaction]:
        with self._explained(), self._connected() as connection:
            if connection is self._in_memory and connection.in_transaction:
                yield self._driver.wrap(connection)
                return
            connection.execute(begin)
            try:
                yield self._driver.wrap(connection)
                connection.execute("COMMIT")
            except BaseException:
                self._driver.roll_back(connection)
                raise

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._in_memory or self._driver.connect()
        if self._driver.in_memory:
            self._in_memory = connection
        try:
            yield connection
        finally:
            if connection is self._in_memory:
                self._idle[:] = [connection]
            elif self._driver.reusable(connection):
                self._idle.append(connection)
            else:
                connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """A database's error as one line, without the secrets that a URL may hold, in its query too."""
        try:
            yield
        except self._driver.errors as error:
            of = _OF_REVIEWS if self._reviews else _OF_LEDGER
            raise _explanation(of, self._driver.where, error) from error


class _WithinTransaction(Database):
    """A database of which every transaction is a part of one that is open already."""

    def __init__(self, driver: _Sqlite | _Postgresql, connection: Any) -> None:
        super().__init__(driver, reviews=False)
        self._connection = connection

    @contextmanager
    def _transaction(self, _begin: str) -> Iterator[Transaction]:
        with self._explained():
            yield self._driver.wrap(self._connection)


def _explanation(of: tuple[str, str], where: str, error: Exception) -> StoreError:
    what, remedy = of
    cause = str(error).strip().splitlines()
    if str(getattr(error, "sqlite_errorname", "")).startswith(_OF_DISK):
        remedy = "see that its disk has room, is sound and can be written; the next run continues from here"
        if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_READONLY"):
            remedy = "there is no permission to write to it: reading works, and its owner can write"
    elif getattr(error, "sqlstate", "") == _LOCKED:
        remedy = "another session has its tables in use (pg_stat_activity names it): end that one, and try again"
    elif getattr(error, "sqlstate", "") is None or str(getattr(error, "sqlstate", "")).startswith(_UNREACHABLE):
        remedy = _OF_SERVER
    elif str(error).startswith(("no such module", "no such function")):
        remedy = f"SQLite {sqlite3.sqlite_version} was built without it: use a Python that has another"
    elif of is _OF_LEDGER and _lacks_a_part(error):
        remedy = _OF_ANOTHER_VERSION
    return StoreError(f"{what} {where} failed: {cause[0] if cause else type(error).__name__}; {remedy}")


def _lacks_a_part(error: Exception) -> bool:
    return str(error).startswith(("no such column", "no such table")) or getattr(error, "sqlstate", None) in _UNDEFINED


# --- one transaction ----------------------------------------------------------------------------


class Transaction:
    """One transaction of a connection. This class is SQLite's; PostgreSQL's follows."""

    dialect = "sqlite"

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def execute(self, sql: str, parameters: Parameters = NO_PARAMETERS) -> int:
        """Run a statement; how many rows it changed."""
        return int(self._cursor(sql, parameters).rowcount)

    def execute_script(self, sql: str) -> None:
        """Run several statements without parameters, each ended by `;` at the end of a line."""
        for statement in filter(str.strip, f"{sql}\n".split(";\n")):
            self.execute(statement)

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run a statement for each of several sets of parameters, none of them a list."""
        self._driver.executemany(sql, rows)

    def rows(self, sql: str, parameters: Parameters = NO_PARAMETERS) -> list[DatabaseRow]:
        """All rows of a query."""
        found: list[DatabaseRow] = self._cursor(sql, parameters).fetchall()
        return found

    def row(self, sql: str, parameters: Parameters = NO_PARAMETERS) -> DatabaseRow | None:
        """The first row of a query, None where it has none."""
        found: DatabaseRow | None = self._cursor(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Parameters = NO_PARAMETERS) -> Any:
        """The first column of the first row, None where there is no row."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    def values(self, sql: str, parameters: Parameters = NO_PARAMETERS) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self.rows(sql, parameters)]

    def stream(
        self, sql: str, parameters: Parameters = NO_PARAMETERS, size: int = CHUNK
    ) -> Iterator[list[DatabaseRow]]:
        """The rows of a query, `size` at a time, so that they are never all in memory."""
        cursor = self._cursor(sql, parameters)
        try:
            while rows := cursor.fetchmany(size):
                yield rows
        finally:
            cursor.close()

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[DatabaseRow]) -> None:
        """Insert many rows, whose values are in the order of `columns`."""
        self._driver.executemany(_insert_into(table, tuple(columns)), rows)

    def has_table(self, name: str) -> bool:
        """Whether the database has this table."""
        return self.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name", {"name": name}) is not None

    def _cursor(self, sql: str, parameters: Parameters) -> Any:
        if any(isinstance(value, list | tuple) for value in parameters.values()):
            sql, parameters = with_lists(sql, parameters)
        return self._driver.execute(sql, parameters)


_streams = count(1)


class PostgresqlTransaction(Transaction):
    """The same by psycopg."""

    dialect = "postgresql"

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> None:
        with self._driver.cursor() as cursor:
            cursor.executemany(_for_psycopg(sql), rows)

    def stream(
        self, sql: str, parameters: Parameters = NO_PARAMETERS, size: int = CHUNK
    ) -> Iterator[list[DatabaseRow]]:
        with self._driver.cursor(f"stream_{next(_streams)}") as cursor:  # with a name it stays on the server
            cursor.execute(_for_psycopg(sql), _lists_of(parameters))
            while rows := cursor.fetchmany(size):
                yield rows

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[DatabaseRow]) -> None:
        with self._driver.cursor() as cursor, cursor.copy(f"COPY {_named(table, columns)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def has_table(self, name: str) -> bool:
        found = self.row(
            "SELECT 1 FROM pg_catalog.pg_class"
            " WHERE relname = :name AND relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(oid)",
            {"name": name},
        )
        return found is not None

    def _cursor(self, sql: str, parameters: Parameters) -> Any:
        return self._driver.execute(_for_psycopg(sql), _lists_of(parameters))


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in parts that fit one `IN (:names)`."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]


@lru_cache(64)
def _insert_into(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {_named(table, columns)} VALUES ({', '.join('?' * len(columns))})"


def _named(table: str, columns: Sequence[str]) -> str:
    return '"{}" ({})'.format(table, ", ".join(f'"{column}"' for column in columns))


@lru_cache(512)
def _for_psycopg(sql: str) -> str:
    """The statement with its parameters as psycopg writes them."""
    return _TOKEN.sub(_token_for_psycopg, sql)


def _token_for_psycopg(token: re.Match[str]) -> str:
    if token["name"]:
        return f"%({token['name']})s"
    if token["values"]:
        return f"{'<> ALL' if token['negated'] else '= ANY'}(%({token['values']})s)"
    return token[0].replace("%", "%%")


def _lists_of(parameters: Parameters) -> Parameters:
    """psycopg makes an array of a list only."""
    if any(isinstance(value, tuple) for value in parameters.values()):
        return {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}
    return parameters


def with_lists(sql: str, parameters: Parameters) -> tuple[str, dict[str, object]]:
    """The statement with a parameter for each value of its lists."""
    given: dict[str, object] = {}
    for name, value in parameters.items():
        if isinstance(value, list | tuple):
            given.update((f"{name}_{at}", one) for at, one in enumerate(value))
        else:
            given[name] = value

    def written(token: re.Match[str]) -> str:
        name = token["values"]
        if not name:
            return token[0]
        value = parameters[name]
        many = len(value) if isinstance(value, list | tuple) else 0
        return f"{token['negated'] or ''}IN ({', '.join(f':{name}_{at}' for at in range(many))})"

    return _TOKEN.sub(written, sql), given


# --- the two drivers ----------------------------------------------------------------------------


class _Sqlite:
    """How a SQLite file is opened."""

    dialect = "sqlite"
    begin_read, begin_write = "BEGIN", "BEGIN IMMEDIATE"
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    wrap: Callable[[Any], Transaction] = staticmethod(Transaction)

    def __init__(self, database: str, *, read_only: bool, scratch: bool) -> None:
        self._pragmas = SCRATCH_PRAGMAS if scratch else PRAGMAS
        self.in_memory = database == ":memory:"
        self.path = None if self.in_memory else Path(os.fsdecode(unquote_to_bytes(database)))
        self.where = "sqlite://" if self.path is None else f"sqlite:///{self.path}"
        self.read_only = read_only
        if self.path is not None and not read_only:
            self.path.parent.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def purge(connection: sqlite3.Connection) -> bool:
        """See `Database.purge`; whether the log could be emptied."""
        connection.execute("VACUUM")
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def connect(self) -> sqlite3.Connection:
        if self.read_only and self.path is not None:
            return self._connect_read_only(self.path)
        connection = _sqlite_connection(self.path or ":memory:")
        if self._pragmas == PRAGMAS and self.path is not None and network_disk(self.path.parent) is not None:
            with suppress(sqlite3.OperationalError):  # open elsewhere: the next one tries again
                _pragmas(connection, ("busy_timeout=0", *_ON_NETWORK_DISKS))
            _pragmas(connection, _ALWAYS)
        else:
            _pragmas(connection, self._pragmas)
        return connection

    def _connect_read_only(self, path: Path) -> sqlite3.Connection:
        if not path.exists():
            return _sqlite_connection(":memory:")
        if os.access(path, os.W_OK):
            # not `mode=ro`: the last such reader cannot take the WAL away, and leaves it behind
            mode = "mode=rw"
        elif path.with_name(f"{path.name}-wal").exists():
            mode = "mode=ro"
        else:
            # Nobody writes, and the files of the WAL must not be made by one whom the writer may not know. Asked again
            # for each transaction (see `reusable`), since such a connection does not see what is written later.
            mode = "immutable=1"
        connection = _sqlite_connection(f"{path.absolute().as_uri()}?{mode}", uri=True)
        _pragmas(connection, ("query_only=1",))
        return connection

    def reusable(self, connection: sqlite3.Connection) -> bool:
        """Whether the next transaction may have it: a file that was not there, or was not written, may be by then."""
        if not self.read_only or self.path is None:
            return True
        return os.access(self.path, os.W_OK) and bool(connection.execute("PRAGMA database_list").fetchone()[2])

    def in_schema(self, name: str) -> Self:
        raise StoreError(f"{self.where} has no schema {name}")

    def roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _sqlite_connection(path: str | Path, *, uri: bool = False) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise ConfigError(
            f"SQLite {sqlite3.sqlite_version} is too old, and {oldest} is needed: use a Python that has a newer one"
        )
    connection = sqlite3.connect(path, uri=uri, check_same_thread=False)
    connection.isolation_level = None  # the driver must not begin or commit on its own
    _pragmas(connection, _ALWAYS)
    return connection


def _pragmas(connection: sqlite3.Connection, pragmas: Sequence[str]) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").close()


class _PostgresqlUrl(NamedTuple):
    where: str  # without secrets
    options: dict[str, str]


class _Postgresql:
    """How a PostgreSQL server is connected to. psycopg is loaded here only."""

    dialect = "postgresql"
    begin_read, begin_write = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN"
    in_memory, path = False, None
    wrap: Callable[[Any], Transaction] = staticmethod(PostgresqlTransaction)

    def __init__(self, url: re.Match[str], *, read_only: bool) -> None:
        try:
            import psycopg  # an optional extra: imported where a server is asked for, and nowhere else
        except ImportError as error:
            raise ConfigError(
                f"[store] ledger: {error.name or 'psycopg'} is missing; install monitor[postgresql]"
            ) from None
        self._connect: Callable[..., Any] = psycopg.connect
        self._idle_status = psycopg.pq.TransactionStatus.IDLE
        self.errors: tuple[type[Exception], ...] = (psycopg.Error,)
        self.where, self._options = _postgresql_url(url)
        self._schema = self._options.pop("schema", "").replace('"', "")
        if self._schema:
            given = self._options.get("options", "")
            self._options["options"] = f'{given} -c search_path="{self._schema}"'.strip()
        self.read_only = read_only
        if read_only:
            self.begin_write = self.begin_read

    def connect(self) -> Any:
        connection = self._connect(autocommit=True, **self._options)  # transactions are begun by us
        if self._schema and not self.read_only:
            there = connection.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", (self._schema,))
            if there.fetchone() is None:  # asked first: who may not make one can use one that is there
                connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"')
        return connection

    def purge(self, connection: Any) -> bool:
        """See `Database.purge`. Statistics hold samples of columns; a role that may not rewrite the catalog's table of
        them gets a warning from the server and nothing else."""
        connection.execute(f"SET lock_timeout TO '{LOCK_TIMEOUT}'")
        own, *_ = connection.execute("SELECT current_schema()").fetchone()
        begin = f"{own}_aside_"
        schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [begin])
        for (name,) in schemas.fetchall():
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [own])
        for (name,) in tables.fetchall():
            if connection.execute(f'SELECT 1 FROM "{own}"."{name}" LIMIT 1').fetchone() is None:
                self._drop_statistics(connection, own, name)
            connection.execute(f'VACUUM (FULL, ANALYZE) "{own}"."{name}"')
        connection.execute("VACUUM (FULL) pg_catalog.pg_statistic")
        connection.execute("RESET lock_timeout")
        return True

    def _drop_statistics(self, connection: Any, schema: str, table: str) -> None:
        """Of an empty table, of which ANALYZE keeps the old ones: a new type of a column, even the same, ends them."""
        columns = connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s AND data_type = 'text'",
            [schema, table],
        )
        for (column,) in columns.fetchall():
            connection.execute(f'ALTER TABLE "{schema}"."{table}" ALTER COLUMN "{column}" TYPE text')

    def in_schema(self, name: str) -> Self:
        """The same, with another place for its tables."""
        other = copy(self)
        given = self._options.get("options", "")
        other._options = {  # noqa: SLF001 - of its own class
            **self._options,
            "options": f'{given} -c search_path="{name}"'.strip(),
        }
        return other

    def reusable(self, connection: Any) -> bool:
        return not connection.closed and connection.info.transaction_status == self._idle_status

    def roll_back(self, connection: Any) -> None:
        if not connection.closed:
            connection.execute("ROLLBACK")


def _postgresql_url(url: re.Match[str]) -> _PostgresqlUrl:
    """What psycopg takes of a URL, and how an error names it."""
    user, password, host, port, database = (
        unquote(url["user"] or ""), unquote(url["password"] or ""), url["host6"] or url["host"], url["port"],
        unquote(url["database"] or ""),
    )  # fmt: skip
    given = {"user": user, "password": password, "host": host, "port": port, "dbname": database}
    options = {name: value for name, value in given.items() if value}
    options.update(parse_qsl(url["query"] or "", keep_blank_values=True))
    login = f"{user}{':***' if password else ''}@" if user or password else ""
    shown = f"[{host}]" if url["host6"] else host or ""
    return _PostgresqlUrl(f"{url['scheme']}://{login}{shown}{f':{port}' if port else ''}/{database}", options)
