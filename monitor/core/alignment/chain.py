"""The heaviest run of links that keeps the order on both sides.

Links are blocks: a range of indices on each side and a worth. A run goes forward on both sides without overlap. The
heaviest one is found with prefix maxima in a Fenwick tree (P. Fenwick 1994; for single links this is the heaviest
increasing subsequence), in O(k log k) for k blocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple


class Block(NamedTuple):
    """Statements `i0..i1` before and `j0..j1` after (ends exclusive), and what linking them is worth."""

    i0: int
    i1: int
    j0: int
    j1: int
    worth: float


def heaviest_chain(links: Iterable[Block]) -> list[Block]:
    """The heaviest order-keeping run, in order; of equally heavy ones, always the same."""
    blocks = sorted(links)
    if not blocks:
        return []
    top = max(block.j1 for block in blocks)
    best_value, best_at = [0.0] * (top + 1), [-1] * (top + 1)
    total: list[float] = []
    came_from: list[int] = []
    waiting: list[tuple[int, int]] = []  # blocks whose end before is not yet reached
    for k, (i0, i1, j0, _, worth) in enumerate(blocks):
        while waiting and waiting[0][0] <= i0:
            done = heappop(waiting)[1]
            value, j = total[done], blocks[done].j1
            while j <= top:
                if value > best_value[j]:
                    best_value[j], best_at[j] = value, done
                j += j & -j
        value, source, j = 0.0, -1, j0
        while j > 0:
            if best_value[j] > value:
                value, source = best_value[j], best_at[j]
            j -= j & -j
        total.append(value + worth)
        came_from.append(source)
        heappush(waiting, (i1, k))
    at = max(range(len(blocks)), key=lambda k: (total[k], -k))
    chain = []
    while at >= 0:
        chain.append(blocks[at])
        at = came_from[at]
    return chain[::-1]
