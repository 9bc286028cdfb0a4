"""The versions of our rules. Whoever changes what a rule gives out raises its number.

Together they are the fingerprint of a fold: where one differs, both sides of every comparison are made
anew with the same rules, and the result is a technical upgrade, never a change of the documents. They
stand here, apart from the rules, so that an idle run can ask without loading any of them.
"""

from __future__ import annotations

SCHEMA = 2  # the layout of the ledger's derived tables
TRACE = 1
SEGMENT = 2
ALIGN = 3
CLASSIFY = 3
LINEAGE = 2


def fingerprint() -> str:
    """All of them, in one readable line."""
    return f"schema {SCHEMA} trace {TRACE} segment {SEGMENT} align {ALIGN} classify {CLASSIFY} lineage {LINEAGE}"
