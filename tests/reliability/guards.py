"""The guards of the protocol: what each is, how it is taken out, and a scenario that must fail without it.

Taking a guard out sets attributes (`patch`), so that a test, or a monitor of its own (`Nursery.start(without=…)`), can.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from monitor.app import capture, folder_diff, maintenance, monitor
from monitor.app import review_branch as app_review_branch
from monitor.app import run as run_room
from monitor.ledger import database
from monitor.schedule import scheduler
from monitor.snapshots import capture_failures, files, git_process, scan, selection, writer
from monitor.snapshots import writer as snapshots_writer
from monitor.snapshots.git_objects import object_id
from monitor.snapshots.maintenance import Recovery
from tests.reliability import clocks, promises, promises_running, withdrawals

Patch = Callable[[Any, str, Any], object]


class Guard(NamedTuple):
    """`point` is the protocol's number."""

    point: int
    name: str
    take_out: Callable[[Patch], object]
    scenario: Callable[[Path], bool]


def without_own_files(patch: Patch) -> None:
    patch(selection.Selection, "is_own", lambda *_: False)
    patch(selection.Selection, "closed", lambda *_: False)


def without_more_than_a_few(patch: Patch) -> None:
    patch(capture, "FEW", 10_000)


def without_asking_how_far_the_ledger_is(patch: Patch) -> None:
    patch(run_room, "_mark", lambda *_: None)
    patch(run_room, "_ledger_is_complete", lambda _: True)


def move_without_looking(start: Any, _repository: Path, ref: str, _before: str | None, after: str) -> None:
    writer.run(start, ["update-ref", ref, after])


def by_the_ids_of_what_arrived(seen: Any) -> Iterator[tuple[bytes, snapshots_writer.TreeChange]]:
    """As the importer's own marks would name them."""
    for path in seen._differences:
        arrived = (seen._diffs[0].folder / path).read_bytes()[:-1] + b"?"
        yield b"documents/" + os.fsencode(path), snapshots_writer.TreeChange("100644", object_id("blob", arrived))


def twice_a_night(*_: object) -> Callable[[datetime], datetime]:
    return lambda after: after + timedelta(hours=12)


GUARDS = [
    Guard(
        1,
        "our own folders are left out",
        without_own_files,
        promises.our_own_files_are_no_documents,
    ),
    Guard(
        2,
        "git has an environment of its own",
        lambda patch: patch(git_process, "_variables", lambda _: iter([f"{k}={v}" for k, v in os.environ.items()])),
        promises.gits_variables_do_not_lead_elsewhere,
    ),
    Guard(
        3,
        "O_NOFOLLOW",
        lambda patch: patch(files, "_OPEN_FILE", files._OPEN_FILE & ~os.O_NOFOLLOW),
        promises.no_link_is_followed,
    ),
    Guard(
        3,
        "O_NONBLOCK",
        lambda patch: patch(files, "_OPEN_FILE", files._OPEN_FILE & ~os.O_NONBLOCK),
        promises.nothing_is_waited_for,
    ),
    Guard(
        3,
        "a file's status before and after its reading is compared",
        lambda patch: patch(files, "row_of", lambda _: b""),
        promises.a_file_that_changes_meanwhile_is_not_taken,
    ),
    Guard(
        3,
        "files settle",
        lambda patch: patch(scan.SettleOptions, "left", lambda *_: 0),
        promises.what_is_being_written_is_waited_for,
    ),
    Guard(4, "many that vanish", without_more_than_a_few, promises.held(withdrawals.more_than_a_fifth_is_deleted)),
    Guard(
        4,
        "another device or inode",
        lambda patch: patch(folder_diff.FolderDiff, "replaced", property(lambda _: False)),
        promises.held(withdrawals.another_folder_with_the_same_names_takes_its_place),
    ),
    Guard(
        4,
        "a folder that cannot be opened",
        lambda patch: patch(scan._Walk, "_close", lambda *_: None),
        promises.carried_forward(withdrawals.a_folder_in_it_may_not_be_opened),
    ),
    Guard(
        4,
        "a folder that cannot be listed",
        lambda patch: patch(scan._Walk, "_close", lambda *_: None),
        promises.carried_forward(withdrawals.a_folder_in_it_cannot_be_listed),
    ),
    Guard(
        4,
        "a folder that is empty all at once",
        lambda patch: patch(capture, "_held_reason", lambda *_: None),
        promises.held(withdrawals.the_folder_is_emptied),
    ),
    Guard(
        5,
        "names that git refuses are encoded",
        lambda patch: patch(capture, "encode_path", os.fsencode),
        promises.names_that_git_refuses_are_kept,
    ),
    Guard(
        5,
        "what a tree cannot hold stands in a manifest",
        lambda patch: patch(capture_failures.CaptureFailures, "to_bytes", lambda _: b""),
        promises.failures_stand_beside_the_documents,
    ),
    Guard(
        6,
        "trees name blobs by the ids that were hashed",
        lambda patch: patch(capture._Merged, "_documents", by_the_ids_of_what_arrived),
        promises.a_byte_that_changes_on_the_way_is_noticed,
    ),
    Guard(
        6,
        "the tree is promises.read back and compared",
        lambda patch: patch(writer, "verify_tree", lambda *_: None),
        promises.a_tree_that_is_not_as_asked_is_not_named,
    ),
    Guard(
        6,
        "packs are synced before the branch names them",
        lambda patch: patch(writer, "sync_folder", lambda _: None),
        promises.what_cannot_be_synced_is_not_named,
    ),
    Guard(
        6,
        "the branch moves by compare-and-swap",
        lambda patch: patch(writer, "move_ref", move_without_looking),
        promises.a_branch_that_has_moved_is_left_alone,
    ),
    Guard(
        7,
        "every object that is read is hashed",
        lambda patch: patch(git_process, "object_id", lambda *_: mock.ANY),
        promises.a_flipped_bit_is_noticed,
    ),
    Guard(
        8,
        "one lock for the store",
        lambda patch: patch(monitor.StoreLock, "_wait_for", lambda *_: None),
        promises_running.nobody_writes_while_another_does,
    ),
    Guard(
        8,
        "git's processes inherit the lock",
        lambda patch: patch(monitor.StoreLock, "pass_fds", ()),
        promises_running.a_child_that_outlives_its_parent_holds_the_lock,
    ),
    Guard(
        9,
        "stale locks are removed",
        lambda patch: patch(snapshots_writer, "remove_leftovers", lambda _: None),
        promises_running.what_a_killed_run_left_is_cleared,
    ),
    Guard(
        9,
        "the head is checked before anything is written upon it",
        lambda patch: patch(Recovery, "damage", lambda *_, **__: None),
        promises_running.nothing_is_built_upon_a_damaged_head,
    ),
    Guard(
        9,
        "the ledger is brought up to the head",
        without_asking_how_far_the_ledger_is,
        promises_running.what_the_ledger_misses_is_folded,
    ),
    Guard(
        9,
        "every run asks the ledger itself how far it is",
        lambda patch: patch(run_room, "_ledger_is_complete", lambda _: True),
        promises_running.an_emptied_ledger_is_filled_again,
    ),
    Guard(
        10,
        "verdicts are on a branch, too",
        lambda patch: patch(app_review_branch, "sync_branch_locked", lambda _: None),
        promises_running.a_lost_database_loses_no_verdict,
    ),
    Guard(
        10,
        "verify compares verdicts with their branch",
        lambda patch: patch(maintenance, "check_reviews", lambda _: iter(())),
        promises_running.an_altered_verdict_is_found,
    ),
    Guard(
        11,
        "BEGIN IMMEDIATE",
        lambda patch: patch(database._Sqlite, "begin_write", "BEGIN"),
        promises_running.two_writers_wait_for_each_other,
    ),
    Guard(
        12,
        "what was missed is told",
        lambda patch: patch(scheduler, "_missed", lambda *_: None),
        promises_running.every_due_time_is_accounted_for,
    ),
    Guard(
        12,
        "a night's hour that occurs twice is one due time",
        lambda patch: patch(clocks, "timetable", twice_a_night),
        promises_running.nightly_once,
    ),
]

# Taken out of a monitor in a process of its own, by name: what shows without them needs a power cut, or a signal
APART: dict[str, Callable[[Patch], object]] = {
    "core.fsync=all": lambda patch: patch(git_process, "_SETTINGS", git_process._SETTINGS | {"core.fsync": "none"}),
    "folders are synced": lambda patch: patch(snapshots_writer, "_sync", lambda _: None),
    "SIGTERM lets the run finish": lambda patch: patch(scheduler, "STOPPING", (signal.SIGINT,)),
}


def take_out(name: str) -> None:
    """Out of this process, for good."""
    APART[name](setattr)
