"""When a run stops for a person to confirm that documents are really gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from monitor.app.folder_diff import Look, Place
from monitor.errors import RunHeld

# Fewer vanished documents than this never hold a run, whatever share they are.
FEW = 10

# How many of the documents gone are told by their text to go on among those that came
Continued = Callable[[Sequence[Place], Sequence[Place]], int]


def never(_gone: Sequence[Place], _come: Sequence[Place]) -> int:
    """No document goes on under another path but with the same bytes."""
    return 0


class Hold(NamedTuple):
    """When a run is held: more than `fraction` of the documents and more than 10 vanish, unless that is accepted."""

    fraction: float = 0.20
    accept_deletions: bool = False


def lost(vanished: Iterable[Place], appeared: Iterable[Place], continued: Continued = never) -> int:
    """How many documents went and did not come up elsewhere, with the same bytes or (`continued`) an edited text."""
    arrivals = list(appeared)
    come = Counter(blob for _, blob in arrivals)
    gone = [place for place in vanished if not _take(come, place[1])]
    left = [place for place in arrivals if _take(come, place[1])]
    return len(gone) - (continued(gone, left) if gone and left else 0)


def hold(seen: Look, when: Hold, continued: Continued = never) -> None:
    """RunHeld where a person must say that this is meant; nothing was recorded then."""
    if when.accept_deletions:
        return
    if not seen.before:
        return
    # Texts are compared only where bytes alone would hold the run
    for judge in (never, continued):
        why = _why_held(seen, when, lost(seen.vanished(), seen.appeared(), judge))
        if why is None:
            return
    raise RunHeld(f"{why}: nothing was recorded; if that is meant, run again with --accept-deletions")


def _why_held(seen: Look, when: Hold, gone: int) -> str | None:
    if not seen.after:
        had = "1 document" if seen.before == 1 else f"{seen.before} documents"
        return f"the watched folder {seen.folder} is empty, and the last snapshot has {had}"
    if seen.replaced and seen.differences:
        differ = "1 document differs" if len(seen.differences) == 1 else f"{len(seen.differences)} documents differ"
        told = f"{gone} of {seen.before} documents vanished" if gone else differ
        return f"{seen.folder} is another folder on the disk than at the last run, and {told}"
    if gone and (folder := next(seen.unmounted(), None)) is not None:
        return f"{folder} in {seen.folder} is not mounted any more, and {gone} of {seen.before} documents vanished"
    if gone > FEW and gone > when.fraction * seen.before:
        return f"{gone} of {seen.before} documents vanished from {seen.folder}"
    return None


def _take(there: Counter[str], blob: str) -> bool:
    """Take one of this blob, if any is left."""
    if there[blob] < 1:
        return False
    there[blob] -= 1
    return True
