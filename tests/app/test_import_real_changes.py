"""Changes of a policy archive that were read by hand: the log of its import tells them as they are described."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.paths import CORPORA, PROJECT

GOLD = CORPORA / "gold/known_changes.dev.json"
sys.path.append(str(PROJECT / "benchmarks"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not GOLD.is_file(), reason=f"no corpora ({GOLD})"),
]


def test_log_of_an_import_holds_every_hand_checked_change(tmp_path: Path) -> None:
    from known_in_log import known_in_log

    found = dict(known_in_log(CORPORA, tmp_path))
    assert len(found) == 19
    assert {name: said for name, said in found.items() if said != "right"} == {}
