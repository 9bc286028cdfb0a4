"""The laws and stories of the fold, as they stand for SQLite, over a real PostgreSQL."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from postgresqlplace import fresh_url, needs_postgresql

from monitor.stores.engine import Engine, open_engine

LAWS = Path(__file__).parents[1] / "laws"
sys.path.append(str(LAWS))
import laws_histories  # noqa: E402

pytestmark = needs_postgresql
_opened: list[Engine] = []


def fresh_engine(_: str) -> Engine:
    """In the place of a database in memory."""
    for engine in _opened:  # also those that a test went on with after a second one was opened
        engine.dispose()
    _opened.append(open_engine(fresh_url()))
    return _opened[-1]


def over_postgresql(name: str) -> Iterator[tuple[str, object]]:
    """The tests in a second copy of a file of tests, whose ledgers are in PostgreSQL; laws with few examples."""
    spec = spec_from_file_location(f"{name}_over_postgresql", LAWS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laws_histories, "EXAMPLES", 5)
        spec.loader.exec_module(module)
    module.open_engine = fresh_engine  # type: ignore[attr-defined]
    return ((key, value) for key, value in vars(module).items() if key.startswith("test_") or key == "history")


# This one has two ledgers open at once: see test_postgresql_ledger
TWO_AT_ONCE = "test_a_rebuilt_ledger_equals_the_live_one_row_for_row"
for _name in ("test_fold_laws", "test_fold_stories"):
    globals().update({key: value for key, value in over_postgresql(_name) if key != TWO_AT_ONCE})
