"""The rows of the benchmark, a file a subject: each gives its figures, and charts by the names of their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from curves import Chart
from figures import Figure
from place import Bench

from rows.growing import growing
from rows.importing import importing
from rows.looking import looking
from rows.one_document import one_document
from rows.querying import querying
from rows.starting import starting
from rows.storing import storing

Result = Figure | tuple[str, Chart]
ROWS: Mapping[str, Callable[[Bench], Iterator[Result]]] = {
    "starting": starting,
    "looking": looking,
    "storing": storing,
    "importing": importing,
    "one-document": one_document,
    "querying": querying,
    "growing": growing,
}
