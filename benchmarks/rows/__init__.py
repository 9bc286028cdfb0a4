"""The rows of the benchmark, a file a subject: each gives its figures, and charts by the names of their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from curves import Chart
from figures import Figure
from place import Bench

from rows.first_run import first_run
from rows.growing import aligning, growth
from rows.importing import commands, importing, one_document, queue
from rows.looking import idle, starting
from rows.querying import million
from rows.storing import changed, disk, first_snapshot

Found = Figure | tuple[str, Chart]
ROWS: Mapping[str, Callable[[Bench], Iterator[Found]]] = {  # the cheap ones first
    "starting": starting,
    "aligning": aligning,
    "one-document": one_document,
    "first-snapshot": first_snapshot,
    "disk": disk,
    "growth": growth,
    "commands": commands,
    "queue": queue,
    "import": importing,
    "first-run": first_run,
    "idle": idle,
    "changed": changed,
    "million": million,
}
