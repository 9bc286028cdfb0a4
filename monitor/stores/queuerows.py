"""How a change stands in the queue's tables: narrow numbers, since filters walk over all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.core.queue import UNREVIEWED, VERDICTS
from monitor.core.review import Verdict
from monitor.model import ChangeKind

KINDS = list(ChangeKind)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def kind_number(kind: ChangeKind) -> int:
    return KINDS.index(kind)


def verdict_number(verdict: Verdict | str | None) -> int:
    return VERDICTS.index(verdict or UNREVIEWED)


def verdict_name(number: int) -> str:
    return str(VERDICTS[number])


def moment_number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def moment_of_number(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)
