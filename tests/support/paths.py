"""Where things lie that tests read: the checkout, and what may lie beside it."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("MONITOR_CORPORA") or PROJECT / "../shared/corpora").resolve()
SHARED_SEEDS = (PROJECT / "../shared/seeds").resolve()
