"""The commands: one file a verb; words in, one call into `runs`, output."""

from __future__ import annotations

import sys


def main() -> None:
    """The console script: run the command line that the process was started with, and exit with its status."""
    from monitor.cli.door import run

    sys.exit(run(sys.argv[1:]))
