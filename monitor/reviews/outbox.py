"""The outbox: notifications are stored with their run, claimed before they are sent, and never sent twice.

    due -> sending -> sent
     ^        |-----> due        the channel refused: tried again at the next run, MOST_ATTEMPTS times at most
     |        `-----> uncertain  the sending process died, or had no answer in time
     `-> dropped                 the channel is gone from the configuration, or was tried often enough

A row is `sending` before the first byte is sent. A crash between sending and marking leaves it `uncertain`, and it is
not sent again: a notification may be lost, and `monitor status` shows which. What is sent later (a digest, or a change
that must hold at the next run) waits in a table of its own; see `PendingChanges`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from monitor.ledger.codec import time_from_text, time_to_text
from monitor.ledger.database import Database, DatabaseRow, Transaction, chunks
from monitor.reviews.schema import COLUMNS, insert

MOST_ATTEMPTS = 50
_NOTICES = f"SELECT {', '.join(COLUMNS['notices'])} FROM notices"


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


class Pending(NamedTuple):
    """What a channel is to be notified of later: the id of a change, or other words; since when it waits."""

    subject: str
    state: str
    made_at: datetime


class PendingChanges:
    """What channels are notified of later.

    `seen`: to be sent if it holds at the next look; `related`: not wanted itself, but of the same statement as one that
    is; `ready`: to be sent with the next message; `sent`: kept for a while, since an interrupted run finds its changes
    again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, channel: str) -> list[Pending]:
        """All of a channel, oldest first."""
        with self._database.read_transaction() as transaction:
            rows = transaction.rows(
                "SELECT subject, state, made_at FROM notice_changes WHERE channel = :channel ORDER BY made_at, subject",
                {"channel": channel},
            )
            return [Pending(subject, state, time_from_text(made_at)) for subject, state, made_at in rows]

    def rows(self) -> list[DatabaseRow]:
        """All of all channels, for a copy."""
        with self._database.read_transaction() as transaction:
            return transaction.rows("SELECT channel, subject, state, made_at FROM notice_changes")

    def add_rows(self, rows: Iterable[DatabaseRow]) -> None:
        """What such a copy holds, as far as it is not there."""
        with self._database.write_transaction() as transaction:
            known = {(row[0], row[1]) for row in transaction.rows("SELECT channel, subject FROM notice_changes")}
            insert(transaction, "notice_changes", [row for row in rows if (row[0], row[1]) not in known])

    def keep_only(self, channels: Sequence[str], before: datetime) -> None:
        """Forget what has waited since before a time for channels that are not configured: one may be for a while only,
        where it comes from a variable."""
        given: dict[str, object] = {"before": time_to_text(before)}
        with self._database.read_transaction() as transaction:
            query = "SELECT DISTINCT channel FROM notice_changes WHERE made_at < :before"
            known = transaction.values(query, given)
        if gone := [one for one in known if one not in channels]:
            with self._database.write_transaction() as transaction:
                query = "DELETE FROM notice_changes WHERE made_at < :before AND channel IN (:gone)"
                transaction.execute(query, {**given, "gone": gone})

    def channels(self, *states: str) -> set[str]:
        """The channels for which anything waits, or has one of these states."""
        with self._database.read_transaction() as transaction:
            query = "SELECT DISTINCT channel FROM notice_changes WHERE state IN (:states)"
            return set(transaction.values(query, {"states": list(states or ("seen", "related", "ready"))}))

    def update(
        self,
        channel: str,
        states: Mapping[str, str | None],
        at: datetime,
        message: Notice | None = None,
    ) -> int:
        """Give subjects a state, from `at` on where it is another one; None takes one out.

        What waits and the message about it change together. Gives how many messages were added.
        """
        with self._database.write_transaction() as transaction:
            given = {"channel": channel}
            query = "SELECT subject, state, made_at FROM notice_changes WHERE channel = :channel"
            known = {row[0]: row for row in transaction.rows(query, given)}
            for chunk in chunks([one for one in states if one in known]):
                transaction.execute(
                    "DELETE FROM notice_changes WHERE channel = :channel AND subject IN (:subjects)",
                    {**given, "subjects": chunk},
                )

            def waits(subject: str, state: str) -> bool:
                return state != "sent" and subject in known and known[subject][1] == state

            rows = [
                (channel, subject, state, known[subject][2] if waits(subject, state) else time_to_text(at))
                for subject, state in states.items()
                if state is not None
            ]
            insert(transaction, "notice_changes", rows)
            return 0 if message is None else _add(transaction, [message])


class Outbox:
    """The table of notices."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: Sequence[Notice]) -> int:
        """Take notices in, but for those that are there already, in whatever state; gives how many."""
        with self._database.write_transaction() as transaction:
            return _add(transaction, new)

    def in_state(self, *states: str) -> list[Notice]:
        """The notices in these states, oldest first."""
        with self._database.read_transaction() as transaction:
            rows = transaction.rows(
                f"{_NOTICES} WHERE state IN (:states) ORDER BY made_at, snapshot", {"states": states}
            )
            return [_notice(row) for row in rows]

    def claim(self, notice: Notice, at: datetime) -> bool:
        """Before it is sent: True for exactly one caller."""
        return self._move(notice, {"due"}, "sending", tried_at=time_to_text(at), attempts=notice.attempts + 1)

    def sent(self, notice: Notice) -> bool:
        return self._move(notice, {"sending", "uncertain"}, "sent", problem=None)

    def refused(self, notice: Notice, problem: str) -> bool:
        """The channel said no: it comes again with the next run, unless it was tried often enough."""
        state = "due" if notice.attempts + 1 < MOST_ATTEMPTS else "dropped"
        return self._move(notice, {"sending"}, state, problem=problem)

    def drop(self, notice: Notice, problem: str) -> bool:
        return self._move(notice, {"due"}, "dropped", problem=problem)

    def strand(self, problem: str, states: Sequence[str] = ("sending",)) -> None:
        """What is being sent while nobody sends: whether it arrived, nobody knows. The same for other `states`."""
        with self._database.write_transaction() as transaction:
            transaction.execute(
                "UPDATE notices SET state = 'uncertain', problem = :problem WHERE state IN (:states)",
                {"problem": problem, "states": list(states)},
            )

    def _move(self, notice: Notice, states: set[str], to: str, **values: object) -> bool:
        """From one of these states to another, with new values of some columns; False where it is in none of them."""
        assigned = "".join(f", {column} = :{column}" for column in values)
        with self._database.write_transaction() as transaction:
            moved = transaction.execute(
                f"UPDATE notices SET state = :to{assigned}"
                " WHERE channel = :channel AND snapshot = :snapshot AND state IN (:states)",
                {"to": to, "channel": notice.channel, "snapshot": notice.snapshot, "states": list(states), **values},
            )
            return moved == 1


def _add(transaction: Transaction, new: Sequence[Notice]) -> int:
    known = set(transaction.rows("SELECT channel, snapshot FROM notices"))
    rows = [_row(notice) for notice in new if (notice.channel, notice.snapshot) not in known]
    insert(transaction, "notices", rows)
    return len(rows)


def _row(notice: Notice) -> DatabaseRow:
    tried = None if notice.tried_at is None else time_to_text(notice.tried_at)
    made = time_to_text(notice.made_at)
    text = (notice.title, notice.body, notice.attempts, tried, notice.problem)
    return notice.channel, notice.snapshot, notice.state, made, *text


def _notice(row: DatabaseRow) -> Notice:
    channel, snapshot, state, made_at, title, body, attempts, tried_at, problem = row
    return Notice(
        channel=channel,
        snapshot=snapshot,
        made_at=time_from_text(made_at),
        title=title,
        body=body,
        state=state,
        attempts=attempts,
        tried_at=None if tried_at is None else time_from_text(tried_at),
        problem=problem,
    )
