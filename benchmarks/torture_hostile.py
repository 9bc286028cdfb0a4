"""The parts of `make torture` whose subject is hostile input; each writes a table of its own."""

from __future__ import annotations

from collections.abc import Callable

from torture_documents import all_bombs, documents
from torture_doubling import doubling
from torture_payloads import payloads
from torture_trees import trees

PARTS: dict[str, Callable[[str], None]] = {
    "trees": trees,
    "documents": documents,
    "bombs": all_bombs,
    "doubling": doubling,
    "payloads": payloads,
}
LONG = ["trees=1000", "documents=10000", "bombs", "payloads", "doubling=100000"]
