"""The commands: one file a verb; words in, one call into `runs`, output."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The console script: run the command line that the process was started with, and exit with its status."""
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        # Names of documents are part of ids: they must read alike under every locale.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606  (this very command line)

    from monitor.cli.door import run

    sys.exit(run(sys.argv[1:]))
