"""A ledger on a server that was emptied or cut short: an idle run asks it, and makes it whole again."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from tests.ledger.postgresql_server import fresh_url, needs_postgresql

pytestmark = needs_postgresql
DAYS = [f"The harbour is open. It may take {number} boats.\n" for number in (30, 45, 60)]
HARMS = {
    "all folds deleted": ["DELETE FROM folds"],
    "the last fold deleted": ["DELETE FROM folds WHERE seq = 3"],
    "a fold deleted": ["DELETE FROM folds WHERE seq = 2"],
    "the schema emptied": ["DROP SCHEMA {schema} CASCADE", "CREATE SCHEMA {schema}"],
    "other rules": ["UPDATE meta SET value = 'other' WHERE name = 'fingerprint'"],
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A store with three snapshots, its ledger on the server."""
    (tmp_path / "seeds").mkdir()
    made = load(tmp_path, None, {"store.ledger": fresh_url()}, {})
    for text in DAYS:
        (tmp_path / "seeds/a.txt").write_text(text)
        run(made, RunOptions(settle=0))
    return made


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_an_idle_run_makes_the_ledger_whole_again(harm: list[str], settings: Settings) -> None:
    assert run(settings, RunOptions(settle=0))[0].message is None
    schema = settings.store.ledger.rpartition("search_path%3D")[2]
    with open_monitor(settings) as monitor:
        before = list(monitor.writer.rows())
        with monitor.writer.database.write_transaction() as transaction:
            for statement in harm:
                transaction.execute_script(statement.format(schema=schema))
    found = verify(settings)
    assert found[0].what == "ledger"
    assert "`monitor r" in found[0].message
    done, changes = run(settings, RunOptions(settle=0))
    assert done.message == "the ledger was brought up to date: 3 snapshots folded"
    assert not changes
    with open_monitor(settings) as monitor:
        assert list(monitor.writer.rows()) == before
    assert verify(settings) == []
    assert run(settings, RunOptions(settle=0))[0].message is None
