"""The ledger keeps the layout of each version, beside its statements."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.app.monitor import open_monitor
from monitor.core.text.layout import HEAD
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.workspace import Workspace

FIRST = "1. Pay **now**.\n2. Wait.\n\n| Fee | Amount |\n|---|---|\n| Entry | 5 |\n"
LATER = FIRST.replace("1. Pay **now**", "4. Pay *now*")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """A document of which the second version differs in its layout alone."""
    made = Workspace(tmp_path)
    if request.param == "postgresql":
        made.configure(f'[store]\nledger = "{fresh_url()}"\n')
    made.record_day(1, {"a.md": FIRST})
    made.record_day(2, {"a.md": LATER, "b.md": "Another one.\n"})
    return made


def layouts(place: Workspace) -> list[list[str]]:
    """The layouts of the blocks of both versions of the document."""
    with open_monitor(place.settings) as monitor:
        document = next(one.id for one in monitor.ledger.documents() if one.path == "a.md")
        first, last = (one.id for one in place.recorded())
        ((pair),) = monitor.ledger.version_pairs(first, last, "", {document})
        return [[block.layout for block in side.text.blocks] for side in (pair.before, pair.after) if side]


def test_each_version_has_its_own_layout(workspace: Workspace) -> None:
    assert layouts(workspace) == [
        ["1.\tb0:4-7", "2.", HEAD, ""],
        ["4.\ti0:4-7", "2.", HEAD, ""],
    ]


def test_a_rebuild_makes_the_same_layout(workspace: Workspace) -> None:
    before = layouts(workspace)
    workspace.monitor("rebuild", "--jobs", "2")
    assert layouts(workspace) == before


def test_layout_alone_changes_no_statement(workspace: Workspace) -> None:
    assert {one["document"] for one in workspace.log()} == {"b.md"}
    assert workspace.findings() == []
