"""`make torture`, the part `payloads`: every text that acts in every form that it can come out in."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import reliability_tables

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.reports.injection_sinks import SINKS, Sink  # noqa: E402
from tests.support.injection_payloads import ALL  # noqa: E402

THROUGH = {  # whole stores full of them, asked by everything that a person or a program can ask with
    "all commands, and their arguments": "tests/cli/test_injection.py",
    "all pages, answers and addresses of the web page": "tests/web/test_injection.py",
    "people, messages and paths of imported histories": "tests/app/test_import_injection.py",
}


def payloads(_amount: str) -> None:
    """Write the table of all forms."""
    rows: list[list[object]] = [
        [name, len(ALL), sum(_foreign(sink, text) for text in ALL)] for name, sink in SINKS.items()
    ]
    for name, tests in THROUGH.items():
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "slow or not slow", tests],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        failed = re.search(r"(\d+) failed", done.stdout)
        rows.append([name, len(ALL), int(failed[1]) if failed else done.returncode])
        print("payloads", *rows[-1], flush=True)
    reliability_tables.write("payloads", ["form", "texts", "wrong"], rows, "payloads")


def _foreign(sink: Sink, text: str) -> bool:
    try:
        sink.check(text, sink.write(text))
    except (AssertionError, ValueError, LookupError, SyntaxError) as error:
        print("payloads", repr(text), error, flush=True)
        return True
    return False
