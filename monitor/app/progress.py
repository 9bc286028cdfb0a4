"""How long work tells how far it is: what is being done, how much is done, of how much if that is known."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]


def silent(_what: str, _done: int, _total: int | None) -> None:
    """For callers that nobody watches."""
