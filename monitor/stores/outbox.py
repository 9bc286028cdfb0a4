"""Notices on their way: written with the run that they are about, claimed before they are sent, never sent again.

    due -> sending -> sent
     ^        |-----> due        the channel refused: tried again at the next run, MOST_ATTEMPTS times at most
     |        `-----> uncertain  whoever was sending died, or had no answer in time
     `-> dropped                 the channel is gone from the configuration, or was tried often enough

A row is `sending` before the first byte leaves. So a crash between sending and marking leaves it `uncertain`, and it is
not sent a second time: a notice may be lost then, and `monitor status` can tell which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select, update

from monitor.stores.engine import put, reading, writing
from monitor.stores.reviewtables import notices
from monitor.stores.values import moment_from_text, moment_to_text

MOST_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """One message for one channel about one run's newest snapshot."""

    channel: str
    snapshot: str
    made_at: datetime
    title: str
    body: str
    state: str = "due"
    attempts: int = 0
    tried_at: datetime | None = None
    problem: str | None = None


class Outbox:
    """The table of notices."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, new: Sequence[Notice]) -> int:
        """Take notices in, but for those that are there already, in whatever state; gives how many."""
        with writing(self._engine) as connection:
            known = {(row.channel, row.snapshot) for row in connection.execute(select(notices))}
            rows = [_row(notice) for notice in new if (notice.channel, notice.snapshot) not in known]
            put(connection, notices, rows)
            return len(rows)

    def in_state(self, *states: str) -> list[Notice]:
        """The notices in these states, oldest first."""
        with reading(self._engine) as connection:
            query = select(notices).where(notices.c.state.in_(states)).order_by(notices.c.made_at, notices.c.snapshot)
            return [_notice(row) for row in connection.execute(query)]

    def claim(self, notice: Notice, at: datetime) -> bool:
        """Before it is sent: True for exactly one caller."""
        return self._move(notice, {"due"}, "sending", tried_at=moment_to_text(at), attempts=notice.attempts + 1)

    def sent(self, notice: Notice) -> bool:
        return self._move(notice, {"sending", "uncertain"}, "sent", problem=None)

    def refused(self, notice: Notice, problem: str) -> bool:
        """The channel said no: it comes again with the next run, unless it was tried often enough."""
        state = "due" if notice.attempts + 1 < MOST_ATTEMPTS else "dropped"
        return self._move(notice, {"sending"}, state, problem=problem)

    def drop(self, notice: Notice, problem: str) -> bool:
        return self._move(notice, {"due"}, "dropped", problem=problem)

    def strand(self, problem: str) -> None:
        """What is being sent while nobody sends: whether it arrived, nobody knows."""
        with writing(self._engine) as connection:
            rows = update(notices).where(notices.c.state == "sending")
            connection.execute(rows.values(state="uncertain", problem=problem))

    def _move(self, notice: Notice, states: set[str], to: str, **values: Any) -> bool:
        with writing(self._engine) as connection:
            rows = update(notices).where(
                notices.c.channel == notice.channel,
                notices.c.snapshot == notice.snapshot,
                notices.c.state.in_(states),
            )
            return connection.execute(rows.values(state=to, **values)).rowcount == 1


def _row(notice: Notice) -> tuple[Any, ...]:
    tried = None if notice.tried_at is None else moment_to_text(notice.tried_at)
    made = moment_to_text(notice.made_at)
    text = (notice.title, notice.body, notice.attempts, tried, notice.problem)
    return notice.channel, notice.snapshot, notice.state, made, *text


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        channel=row.channel,
        snapshot=row.snapshot,
        made_at=moment_from_text(row.made_at),
        title=row.title,
        body=row.body,
        state=row.state,
        attempts=row.attempts,
        tried_at=None if row.tried_at is None else moment_from_text(row.tried_at),
        problem=row.problem,
    )
