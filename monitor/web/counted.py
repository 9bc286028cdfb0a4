"""How many changes a filter finds, remembered: counting looks at each change, and mostly nothing has come since."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.core.review.events import QueueCounts, QueueFilter

MOST = 200  # filters


class Counted:
    """Counts by filter, good as long as neither a change nor an event of reviewing came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mark: object = None
        self._known: OrderedDict[QueueFilter, QueueCounts] = OrderedDict()

    def __call__(self, monitor: Monitor, wanted: QueueFilter) -> QueueCounts:
        """What `reviewing.counts` says; the queue must have been read just before, so that it is up to date."""
        mark = (monitor.facts.mark(), monitor.reviews.last_number())
        asked = replace(wanted, verdicts=frozenset(), folded=False)  # these do not restrict it
        with self._lock:
            if self._mark != mark:
                self._mark = mark
                self._known.clear()
            found = self._known.get(asked)
        if found is None:
            found = review.counts(monitor, asked)
            with self._lock:
                if self._mark == mark:
                    self._known[asked] = found
                    if len(self._known) > MOST:
                        self._known.popitem(last=False)
        return found
