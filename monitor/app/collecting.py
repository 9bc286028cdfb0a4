"""Python's search for unreachable cycles, held back while a history is folded or listed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 20_000  # new objects before a search, where Python waits for 700
_ROUNDS = 20  # searches of one generation before one of the next


@contextmanager
def seldom() -> Iterator[None]:
    """Search a thirtieth as often: a fold or a list makes few cycles, and each search walks all that is kept."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, _ROUNDS, _ROUNDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
