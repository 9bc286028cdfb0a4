"""The laws and stories of the fold, as they stand for SQLite, over a real PostgreSQL."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from monitor.ledger.database import Database, open_database
from tests.app import test_fold_laws, test_fold_stories
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support import made_histories

pytestmark = needs_postgresql
_opened: list[Database] = []


def fresh_database(_: str) -> Database:
    """In the place of a database in memory."""
    for database in _opened:  # also those that a test went on with after a second one was opened
        database.close()
    _opened.append(open_database(fresh_url()))
    return _opened[-1]


def over_postgresql(original: ModuleType) -> Iterator[tuple[str, object]]:
    """The tests in a second copy of a file of tests, whose ledgers are in PostgreSQL; laws with few examples."""
    assert original.__file__ is not None
    spec = spec_from_file_location(f"{original.__name__}_over_postgresql", original.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_histories, "EXAMPLES", 5)
        spec.loader.exec_module(module)
    module.open_database = fresh_database  # type: ignore[attr-defined]
    return ((key, value) for key, value in vars(module).items() if key.startswith("test_") or key == "history")


# This one has two ledgers open at once: see test_postgresql_ledger
TWO_AT_ONCE = "test_a_rebuilt_ledger_equals_the_live_one_row_for_row"
for _module in (test_fold_laws, test_fold_stories):
    globals().update({key: value for key, value in over_postgresql(_module) if key != TWO_AT_ONCE})
