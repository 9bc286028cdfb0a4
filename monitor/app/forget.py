"""Take a document, or its versions of a time, out of everything that the store holds, and leave a tombstone.

First the new history is written beside the old one, and the plan into the file `forgetting.json`. From then on every
step can be repeated: a `run` or `forget` after an interruption goes on where it ended.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from monitor.app.evidence import append_head
from monitor.app.fold import fold_again
from monitor.app.monitor import (
    FORGETTING,
    SCAN_CACHE,
    Monitor,
    Progress,
    StoreLock,
    every_snapshot,
    silent,
    usual_rights,
)
from monitor.app.publish import rewrite_feeds
from monitor.app.queries import find_document
from monitor.app.read_documents import read_options
from monitor.app.review_branch import sync_branch_locked
from monitor.app.store_check import find_problem, note_record, reading_notice
from monitor.config import LEDGER, REVIEWS_DB, Settings
from monitor.core.review.quotations import REMOVED, spellings, without_quotations
from monitor.errors import RunHeld, StoreError, UsageError
from monitor.ledger.aliases import Renamed
from monitor.ledger.codec import path_from_text, time_from_text
from monitor.ledger.database import open_database
from monitor.model import Document, Tombstone
from monitor.reviews.events import Reviews, branch_without_comments
from monitor.snapshots.files import write_new
from monitor.snapshots.git_objects import FORGOTTEN, IMPORTS, LIVE, REVIEWS, STORE, ref_of
from monitor.snapshots.git_process import store_errors
from monitor.snapshots.history_copy import read_refs
from monitor.snapshots.rewrite import HistoryRewriter, remove_unreachable, write_object
from monitor.snapshots.scan_cache import Header, ScanCache
from monitor.snapshots.writer import PENDING, sync_folder

_OWN = (LIVE, REVIEWS, FORGOTTEN, STORE)


class ForgetPlan(NamedTuple):
    """What would be taken out: blob ids by the path in the source, and what cannot be reached, a line each.

    `names` are all that the document had, `ids` those of the changes and statements that go, `snapshots` those in which
    it changed, and `follow` those of them with a version that stays behind one that goes; `comments` of reviewers, by
    the ids of their events, as they will be.
    """

    document: Document
    source: str
    versions: Mapping[str, frozenset[str]]
    unreachable: Sequence[str]
    all: bool = True
    names: Sequence[str] = ()
    ids: Sequence[str] = ()
    snapshots: Sequence[str] = ()
    comments: Mapping[str, str] = MappingProxyType({})
    follow: Sequence[str] = ()

    @property
    def blobs(self) -> list[str]:
        """The hashes of the versions."""
        return sorted({blob for blobs in self.versions.values() for blob in blobs})


_VERSIONS = "SELECT path, blob, taken_at, snapshot FROM versions_view WHERE document_id = :id ORDER BY taken_at"
_CHANGES = """
SELECT change_id, statement_id, snapshot, text_before, text_after FROM changes_view WHERE document_id = :id
"""


def plan_forget(monitor: Monitor, name: str, since: datetime | None, until: datetime | None) -> ForgetPlan:
    """What `forget` would do; nothing is changed. UsageError where there is no such document, or no version then.
    StoreError or RunHeld where the ledger is not all that the history is, so that something could stay, or be lost.

    A version belongs to a time if it was first seen in it; its bytes go wherever the document had them.
    """
    if (problem := find_problem(monitor)) is not None:
        raise (RunHeld if problem.held else StoreError)(problem.message)
    if (notice := reading_notice(monitor)) is not None:
        raise StoreError(f"{notice}; nothing was taken out")
    document = find_document(monitor.ledger, name, monitor.settings.watched)
    source = next((one for one in monitor.snapshots.sources() if one and document.path.startswith(f"{one}/")), "")
    with monitor.ledger_database.read_transaction() as transaction:
        found = [
            (path_from_text(path), blob, time_from_text(taken), snapshot)
            for path, blob, taken, snapshot in transaction.rows(_VERSIONS, {"id": document.id})
        ]
        changes = transaction.rows(_CHANGES, {"id": document.id})
        others = transaction.rows(
            "SELECT DISTINCT document, blob FROM versions_view WHERE document_id <> :id", {"id": document.id}
        )
    blobs = {
        blob for _, blob, at, _ in found if blob and (since is None or at >= since) and (until is None or at <= until)
    }
    if not blobs:
        raise UsageError(f"{document.path} has no version of that time: `monitor log {document.path}` lists them")
    versions: dict[str, set[str]] = {}
    snapshots, brought, follow = [], set(), []
    for (_, before, _, _), (path, blob, _, snapshot) in pairwise([("", None, None, ""), *found]):
        if blob in blobs:
            versions.setdefault(path[len(source) + 1 if source else 0 :], set()).add(blob)
            brought.add(snapshot)
        if blob in blobs or before in blobs:
            snapshots.append(snapshot)
        if blob and blob not in blobs and before in blobs:
            follow.append(snapshot)
    gone = [one for one in changes if one[2] in set(snapshots)]
    whole = all(blob in blobs for _, blob, _, _ in found if blob)
    ids = {change for change, *_ in gone} | {statement for _, statement, *_ in gone if whole and statement}
    texts, kept = (
        {line for _, _, at, _, new in changes if (whole or at in brought) is one for line in (new or "").splitlines()}
        for one in (True, False)
    )
    return ForgetPlan(
        document,
        source,
        {path: frozenset(of_path) for path, of_path in versions.items()},
        list(
            _unreachable(monitor, document, blobs, sorted({path_from_text(p) for p, blob in others if blob in blobs}))
        ),
        whole,
        sorted({document.path, *(path for path, *_ in found)}),
        sorted(ids),
        snapshots,
        redacted_comments(monitor, ids, texts - kept, kept, document.path),
        follow,
    )


def redacted_comments(
    monitor: Monitor,
    changes: Container[str],
    texts: Collection[str] = (),
    kept: Collection[str] = (),
    path: str = "",
    instead: str = REMOVED,
) -> dict[str, str]:
    """The comments that must be others, by event: `instead` for one on these changes, and one on others without what it
    quotes of the texts, which are of the document at this path, and not of those that are kept."""

    def is_elsewhere(words: str) -> bool:
        if any(words.casefold() in line.casefold() for line in kept):
            return True
        return any(hit.document != path for hit in monitor.ledger.search(words, 50))

    found = {}
    for event in monitor.reviews.events_after(0):
        if event.comment:
            left = instead if event.change in changes else without_quotations(event.comment, texts, is_elsewhere)
            if left != event.comment:
                found[event.id] = left
    return found


def _unreachable(monitor: Monitor, document: Document, blobs: Container[str], copies: Sequence[str]) -> Iterator[str]:
    settings = monitor.settings
    for path in copies:
        yield f"{path} holds the same bytes: forget it, too"
    for watch in settings.watched:
        below = document.path.removeprefix(f"{watch.name}/") if watch.name else document.path
        if document.blob in blobs and (watch.folder / below).exists():
            yield f"{watch.folder / below} is still there: it is skipped as long as it holds these bytes; delete it"
    yield "backups and other copies of the store, archives of `monitor evidence`, exports, and texts of other documents"
    yield "files that commands wrote where somebody asked, and folders that [report] and [feeds] named before"
    if settings.notify.channels:
        yield "notices that were sent"
    if settings.evidence.heads is not None:
        yield f"copies of {settings.evidence.heads}: the ids in them are no more; the file says so"
    yield "a database that was the ledger before [store] ledger named another"
    yield "comments of reviewers that tell of it in other words"
    if settings.store.ledger != "sqlite":
        yield "write-ahead logs and backups of the database server"


def forget(
    settings: Settings,
    name: str,
    reason: str,
    who: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    wait: float = 0,
    progress: Progress = silent,
) -> ForgetPlan:
    """Take the document out, for good; what was done and what cannot be reached."""
    lock = StoreLock.of_store(settings, "monitor forget")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        finish_forgetting(monitor, progress)
        sync_branch_locked(monitor)  # comments that wait for the branch
        plan = plan_forget(monitor, name, since, until)
        _write_plan(monitor, plan, reason, who)
        finish_forgetting(monitor, progress)
    return plan


def finish_interrupted(settings: Settings, wait: float = 0, progress: Progress = silent) -> Sequence[str]:
    """Finish a removal that was interrupted; the names of the documents that it was about, none where there is none."""
    path = settings.store.snapshots / FORGETTING
    if not path.exists():
        return ()
    lock = StoreLock.of_store(settings, "monitor forget")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        return finish_forgetting(monitor, progress)


def _write_plan(monitor: Monitor, plan: ForgetPlan, reason: str, who: str) -> None:
    store, now = monitor.snapshots, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    earlier = store.earlier_history()
    sources = [earlier, ""] if not plan.source and earlier is not None else [plan.source]
    refs, commits = {}, dict[str, str]()
    for source in sources:
        rewriter = HistoryRewriter(store.object, store.repository, plan.versions)
        rewriter.rewrite(snapshot.id for snapshot in store.snapshots_of(source))
        head = store.newest_snapshots().get(source)
        if head is not None and head in rewriter.commits:
            refs[ref_of(source)] = rewriter.commits[head]
        commits |= rewriter.commits
    document = plan.document
    tombstone = Tombstone(
        *(document.path, document.id, now, who, reason, tuple(plan.blobs), len(plan.blobs), plan.all),
        names=tuple(plan.names),
        ids=tuple(plan.ids),
    )
    write_removal(
        monitor,
        refs=refs,
        commits=commits,
        roots={one: commits.get(one, one) for one in plan.follow},
        names=plan.names,
        reports=plan.snapshots,
        comments=plan.comments,
        removals=[*store.removals(), tombstone._asdict()],
        said=f"# history rewritten {now}: a document was removed by request; ids above are no more",
    )


def write_removal(
    monitor: Monitor,
    *,
    refs: dict[str, str],
    commits: Mapping[str, str],
    removals: Sequence[Mapping[str, Any]],
    said: str,
    names: Sequence[str] = (),
    reports: Sequence[str] = (),
    comments: Mapping[str, str] = MappingProxyType({}),
    gone: Sequence[str] = (),
    roots: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Note what `finish_forgetting` is to do, for good.

    `refs` name what was written beside the history, `gone` are refs that go; `commits` has new ids by old ones; `names`
    are those of documents of which reports and notices go, `reports` the snapshots of which they do; `roots` are
    snapshots in which statements may be first seen now, with their new ids.
    """
    store = monitor.snapshots
    if (branch := branch_without_comments(store, comments)) is not None:
        refs[REVIEWS] = branch
    refs[FORGOTTEN] = write_object(store.repository, "blob", json.dumps(removals, indent=1).encode("ascii"))
    plan = {
        "refs": refs,
        "gone": gone,
        "commits": commits,
        "roots": roots,
        "names": names,
        "reports": reports,
        "comments": comments,
        "said": said,
    }
    path = monitor.settings.store.snapshots / FORGETTING
    new = path.with_name(f"{FORGETTING}.new")
    with store_errors("writing the plan of the removal"):
        write_new(new, json.dumps(plan, default=dict).encode("ascii"))
        sync_folder(new)
        new.replace(path)
        sync_folder(path.parent)


def finish_forgetting(monitor: Monitor, progress: Progress = silent) -> Sequence[str]:
    """Do what the plan of a `forget` says, where there is one; the caller holds the lock. Repeating it does no harm.

    Gives the names of the documents that it was about.
    """
    path = monitor.settings.store.snapshots / FORGETTING
    path.with_name(f"{FORGETTING}.new").unlink(missing_ok=True)
    try:
        plan: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return ()
    _move_refs(monitor, plan)
    remove_unreachable(monitor.snapshots.start, monitor.snapshots.repository)
    monitor.snapshots.close()
    ScanCache(monitor.settings.store.snapshots / SCAN_CACHE, Header()).save()
    for old in monitor.settings.store.snapshots.glob("*.aside-*"):
        old.unlink()
    _rewrite_journal(monitor.settings, plan["commits"])
    options, again = read_options(monitor.settings), Renamed(plan["commits"], plan["roots"])
    fold_again(monitor.snapshots, monitor.writer, progress, options, why="something was forgotten", renamed=again)
    of_reviews = plan["names"], plan["comments"], set(plan["reports"])
    monitor.reviews.erase(*of_reviews)
    if monitor.settings.store.ledger != "sqlite":
        _erase_former_databases(monitor.settings.store.snapshots, *of_reviews)
    sync_branch_locked(monitor)
    note_record(monitor)
    _remove_reports(monitor.settings, plan)
    rewrite_feeds(monitor)
    _announce(monitor, plan["said"])
    monitor.purge()
    path.unlink()
    sync_folder(path.parent)
    names: list[str] = plan["names"]
    return names


def _erase_former_databases(
    store: Path, names: Sequence[str], comments: Mapping[str, str], snapshots: set[str]
) -> None:
    """Of a store that is in PostgreSQL by now: erase the reviews in SQLite, and remove the ledger."""
    for path in store.glob(f"{LEDGER}*"):
        path.unlink()
    if (store / REVIEWS_DB).exists():
        database = open_database(f"sqlite:///{store / REVIEWS_DB}", reviews=True)
        Reviews(database).erase(names, comments, snapshots)
        database.purge()
        database.close()


def _move_refs(monitor: Monitor, plan: Mapping[str, Any]) -> None:
    store = monitor.snapshots
    store.move_refs(plan["refs"], [*plan["gone"], PENDING])
    known, moved, gone = {one.id for one in every_snapshot(store)}, {}, []
    for ref, named in read_refs(store.repository).items():
        now = plan["commits"].get(named, named)
        if ref in _OWN or ref.startswith(IMPORTS) or (now == named and now in known):
            continue
        if now in known:
            moved[ref] = now  # somebody's mark on a snapshot
        else:
            gone.append(ref)
    store.move_refs(moved, gone)
    for path in (store.repository / "monitor-aside").glob("*"):
        path.unlink()


def _rewrite_journal(settings: Settings, commits: Mapping[str, str]) -> None:
    """Let the journal name the snapshots as they are called now."""
    for path in (settings.journal, settings.journal.with_suffix(".1.jsonl")):
        if not path.exists():
            continue
        lines = []
        for line in path.read_bytes().splitlines():
            try:
                document = json.loads(line)
                document["snapshot"] = commits.get(document["snapshot"], document["snapshot"])
                lines.append(json.dumps(document, separators=(",", ":")).encode("ascii"))
            except (ValueError, LookupError, TypeError, RecursionError):
                lines.append(line)
        new = path.with_name(f"{path.name}.new")
        write_new(new, b"".join(line + b"\n" for line in lines))
        new.replace(path)


def _remove_reports(settings: Settings, plan: Mapping[str, Any]) -> None:
    """Remove the reports that name the document, and those of snapshots that brought what is forgotten."""
    folder, begins = settings.report.folder, tuple(one[:8] for one in plan["reports"])
    wanted = {form.encode("utf-8", "backslashreplace") for name in plan["names"] for form in spellings(name)}
    for path in folder.glob("*-*Z-*.*") if folder.is_dir() else ():
        if path.is_file():
            data = path.read_bytes()
            plain = data.replace(b"\\", b"")  # Markdown has one before some signs
            own = path.stem.rpartition("Z-")[2].startswith(begins) if begins else False
            if own or any(name in text for name in wanted for text in (data, plain)):
                path.unlink()


def _announce(monitor: Monitor, said: str) -> None:
    """Say in the published heads that the history was written again, and give the new head."""
    heads, key = monitor.settings.evidence
    head = monitor.snapshots.head()
    if heads is None or not heads.exists() or head is None:
        return
    if said not in heads.read_text("utf-8", "replace").splitlines():
        with usual_rights(), heads.open("a", encoding="utf-8") as file:
            file.write(f"{said}\n")
    append_head(heads, head, datetime.now(UTC), key)
