"""The benchmark's own code is not in the package: its tests find it beside the checkout's."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
