"""Real histories imported whole into one store, then verified: the ledger equals a fold from nothing.

    python benchmarks/whole_histories.py [NAME …]

NAME is the beginning of a bundle's name; without any, all of the corpora's. Ends with 1 where `verify` finds a
difference. All of them take many minutes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from monitor.app.import_history import import_history
from monitor.app.maintenance import verify
from monitor.config import load

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))


def main(names: Sequence[str]) -> int:
    bundles = [one for one in sorted((CORPORA / "histories").glob("*.bundle")) if one.name.startswith(tuple(names))]
    with tempfile.TemporaryDirectory(prefix="histories-") as place:
        settings = load(Path(place), None, {}, {})
        for bundle in bundles:
            began = time.process_time()
            new = import_history(settings, bundle).new
            print(
                f"{bundle.stem}: {new:,} snapshots, {time.process_time() - began:.0f} s of processor time", flush=True
            )
        findings = verify(settings)
    for finding in findings:
        print(f"{finding.what}: {finding.message}")
    print(f"{len(bundles)} histories, {len(findings)} differences between the ledger and a fold from nothing")
    return 1 if findings or not bundles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [""]))
