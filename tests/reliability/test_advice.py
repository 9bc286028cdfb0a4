"""Advice is true: each message that names a command is provoked, the command is typed as printed, and it ends well."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest

import monitor
from monitor.app.monitor import RESTORING, open_monitor
from monitor.app.run import RunOptions, run
from monitor.cli.console import MOST
from tests.reliability.advice import (
    CONFIGURATION,
    MENTIONS,
    Ask,
    Case,
    Harm,
    Place,
    advised,
    build,
    follow,
    messages,
    move_away,
    opened_by_its_link,
    option_messages,
    page,
    pattern_of,
    python,
    said,
    served_by_another_name,
)
from tests.reliability.damages import PARTS
from tests.reliability.rotting import loosen
from tests.support.workspace import moment

MESSAGES = list(dict.fromkeys(messages()))
OPTION_MESSAGES = list(dict.fromkeys(option_messages()))
NOWHERE = "ffffffff"


def nothing(_: Place) -> None:
    """The store is as it should be."""


def newest(place: Place) -> str:
    return place.changes(limit=1)[0].id


def interrupted_forget(place: Place) -> None:
    with patch("monitor.app.forget.fold_again", side_effect=KeyboardInterrupt):
        place.monitor("forget", "offer.txt", "--reason", "r", "--yes", status=130)


def new_words(place: Place) -> None:
    place.write("offer.txt", "The offer falls. It needs 99 votes.\n")


def earlier_journal(place: Place) -> None:
    """As if the newest lines were not there, by their times."""
    lines = [json.loads(line) for line in place.settings.journal.read_text().splitlines()[:2]]
    for line in lines:
        line["started_at"] = line["finished_at"] = "2026-01-01T00:00:00Z"
    place.settings.journal.write_text("".join(json.dumps(line) + "\n" for line in lines))


def damage_object(place: Place) -> None:
    """One document of the first snapshot."""
    with open_monitor(place.settings) as opened:
        listed = opened.snapshots.snapshots("")
        blob = opened.snapshots.manifest(listed[0].id)["offer.txt"].blob
    loosen(place.settings)
    path = place.snapshots / "history.git" / "objects" / blob[:2] / blob[2:]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-4])


def cut_pack(place: Place) -> None:
    """Half of what the newest snapshot added."""
    place.record({"offer.txt": "The offer falls.\n"})
    packs = (place.snapshots / "history.git/objects/pack").glob("*.pack")
    path = max(packs, key=lambda pack: pack.stat().st_mtime_ns)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def run_ahead_of_the_clock(place: Place) -> None:
    place.write("offer.txt", "The offer is of the future.\n")
    run(place.settings, RunOptions(settle=0, taken_at=datetime.now(UTC) + timedelta(days=300)))


def many_changes(place: Place) -> None:
    place.write("many.txt", "".join(f"Berth {number} is free.\n\n" for number in range(MOST + 5)))


def many_unread(place: Place) -> None:
    for number in range(MOST + 5):
        place.write(f"picture{number}.bin", bytes(range(number, 200)) * 9)


def column(place: Place) -> None:
    for text in ("", ",Fee"):
        rows = "".join(f"name{number},town{number}{text and f',{number * 7}'}\n" for number in range(12))
        place.record({"list.csv": f"Name,Town{text}\n{rows}"})


def orphan(place: Place) -> None:
    change = place.select("SELECT change FROM review_events LIMIT 1")[0][0]
    for table in ("review_events", "review_states"):
        place.sql(f"UPDATE {table} SET change = 'feedfeedfeed' WHERE change = '{change}'", "reviews.db")


def sign(place: Place, signature: str = "") -> None:
    """Heads that are signed, and then a signature that is none."""
    key = place.root / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    with (place.root / "monitor.toml").open("a") as file:
        file.write('[evidence]\nheads = "heads.txt"\nkey = "key"\n')
    place.record({"offer.txt": "The offer is signed.\n"})
    (place.root / "heads.txt.sig").write_text(signature)


def no_null_comment(place: Place) -> None:
    """A schema that the rows do not fit: SQLite's own check says so, and all of it can be read."""
    place.sql(
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'assignee TEXT', 'assignee TEXT"
        " NOT NULL') WHERE name = 'review_events'; PRAGMA writable_schema = RESET",
        "reviews.db",
    )


VERIFY = ("verify",)
LOG = ("log",)
PATCH = "--- a/offer.txt\n+++ b/offer.txt\n@@ -1 +1 @@\n-The offer stands. It needs 3 votes.\n+The offer falls.\n"


def preview(place: Place) -> str:
    (place.root / "a.patch").write_text(PATCH)
    return said(place, ("preview", "a.patch"))


def evidence(change: Callable[[Place], str]) -> Ask:
    def ask(place: Place) -> str:
        (place.root / "out.zip").unlink(missing_ok=True)
        return said(place, ("evidence", change(place), "--output", "out.zip"))

    return ask


def statement_of_newest(place: Place) -> str:
    return place.changes(limit=1)[0].after[0].statement


def change_of_second(place: Place) -> str:
    return next(one.id for one in place.changes() if "needs 1 votes" in one.after[0].text)


def show_second(place: Place) -> str:
    """A change of the second snapshot: the first that was commented on."""
    return said(place, ("show", str(place.select("SELECT change FROM review_events ORDER BY number")[0][0])))


def diff_to_newest(place: Place) -> str:
    with open_monitor(place.settings) as opened:
        listed = opened.snapshots.snapshots("")
    return said(place, ("diff", listed[0].id, listed[-1].id))


def internal_error(place: Place) -> str:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("monitor.cli.log.log_command.callback", lambda **_: 1 / 0)
        return said(place, ("log",))


def left_out(place: Place) -> None:
    place.write("~$offer.docx", "x")
    place.record()


def all_left_out(place: Place) -> None:
    place.configure(CONFIGURATION.replace("[watch]", '[watch]\nexclude = ["**"]'))


def many_rows(place: Place) -> None:
    place.record({"many.txt": "".join(f"Berth {number} is free.\n\n" for number in range(40))})
    place.sql("UPDATE changes SET similarity = 0.5")


def garbled(name: str) -> Harm:
    def harm(place: Place) -> None:
        place.remove(name)
        (place.snapshots / name).write_bytes(b"no database" * 1000)

    return harm


def interrupted_restore(place: Place) -> None:
    place.remove("ledger", "history")
    (place.snapshots / RESTORING).mkdir()


def cut_branch(place: Place) -> None:
    path = place.snapshots / PARTS["branch of reviews"]
    path.write_text("f" * 40 + "\n")


def forget_while_it_is_read(place: Place) -> str:
    with pytest.MonkeyPatch.context() as patched, closing(sqlite3.connect(place.snapshots / "ledger.db")) as reader:
        patched.setattr("monitor.ledger.database._ALWAYS", ("busy_timeout=100", "temp_store=MEMORY"))
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM folds").fetchone()
        return said(place, ("forget", "port.txt", "--reason", "x", "--yes"))


def never_run(place: Place) -> None:
    """The last run that went well was long ago, by the journal."""
    lines = [json.loads(line) for line in place.settings.journal.read_text().splitlines()]
    for line in lines:
        line["started_at"] = line["finished_at"] = "2026-01-01T00:00:00Z"
    place.settings.journal.write_text("".join(json.dumps(line) + "\n" for line in lines))


DOCUMENT = {"DOCUMENT": "offer.txt"}
CASES = [
    # nothing is there yet
    Case("nothing is recorded in {}", lambda it: shutil.rmtree(it.snapshots), LOG),
    Case("is missing, and nothing is recorded yet", Place.forget_all, ("run",)),
    Case(" (`monitor init` writes one)", lambda it: (it.forget_all(), it.seeds.mkdir()), ("run",)),
    Case("none: `monitor init` writes one", lambda it: (it.root / "monitor.toml").unlink(), ("status",)),
    Case("none yet: `monitor run` takes the first", lambda it: shutil.rmtree(it.snapshots), ("status",)),
    Case("no such file; `monitor --config {} init`", nothing, ("--config", "other.toml", "config")),
    Case("there is no snapshot yet", Place.without_snapshots, ("diff", "2020", "2021")),
    Case("nothing is recorded yet: `monitor run`", Place.without_snapshots, ("blame", "offer.txt")),
    Case("no snapshot yet: `monitor run` takes the first", Place.without_snapshots, ("snapshots",)),
    Case(
        "Put documents into the first folder",
        Place.forget_all,
        ("init",),
        stays=True,
        before=lambda it, _: new_words(it),
    ),
    Case(
        "will be watched (`monitor files` lists them)",
        lambda it: (it.root / "monitor.toml").unlink(),
        ("init",),
        stays=True,
    ),
    Case(
        "there is no such folder; `monitor init` in a new one",
        nothing,
        python(lambda it: monitor.open(it.root / "new")),
        stays=True,
    ),
    Case(
        "nothing is recorded here; `monitor init`",
        lambda it: shutil.rmtree(it.snapshots),
        python(lambda it: monitor.open(it.root)),
        in_turn=True,
    ),
    # ids and names that nothing has
    Case("no change or statement matches", nothing, ("show", NOWHERE), stays=True),
    Case(
        "no change has an id that begins with {}; `monitor log`",
        nothing,
        python(lambda it: monitor.open(it.root).change(NOWHERE)),
        stays=True,
    ),
    Case(
        "no change has an id that begins with {}; `monitor review list`",
        nothing,
        ("review", "accept", NOWHERE),
        stays=True,
    ),
    Case("no statement has an id", nothing, ("log", "--statement", NOWHERE), stays=True, values=DOCUMENT),
    Case("or an id from `monitor snapshots`", nothing, ("log", "--since", "soonish"), stays=True),
    Case("`monitor --help` lists them", nothing, ("xyzzy",), stays=True),
    Case(
        "has no version of that time",
        nothing,
        ("forget", "port.txt", "--reason", "x", "--since", "2030", "--yes"),
        stays=True,
    ),
    Case("is a statement, and evidence is for a change", nothing, evidence(statement_of_newest), stays=True),
    Case("internal error: {}; `monitor --debug …`", nothing, internal_error, stays=True, values={"…": "log"}),
    # more than is shown
    Case("`monitor log --snapshot {}` lists them all", many_changes, ("run",), stays=True),
    Case("not read; `monitor status --format json` lists them all", many_unread, ("run",), stays=True),
    Case(
        "and {} more; `monitor status --format json` lists them all",
        lambda it: (many_unread(it), it.record()),
        ("status",),
        stays=True,
    ),
    Case("and {} more; `monitor log DOCUMENT` lists each", column, LOG, stays=True, values={"DOCUMENT": "list.csv"}),
    Case("{}; `monitor files --excluded` lists them", left_out, ("status",), stays=True),
    Case("has no documents: all {} in it are left out", all_left_out, ("run", "--accept-deletions"), stays=True),
    Case("orphaned (`monitor review orphans`)", orphan, ("review", "list"), stays=True),
    # the ledger
    Case("the ledger is missing or empty", lambda it: it.remove("ledger"), LOG),
    Case("`monitor run`", lambda it: it.remove("ledger"), VERIFY),
    Case("`monitor rebuild`", lambda it: (it.remove("ledger"), shutil.rmtree(it.seeds)), VERIFY),
    Case("the ledger is {}: `monitor run` adds them", lambda it: it.put("older", "ledger"), LOG),
    Case("{} behind: `monitor run` adds them", lambda it: it.put("older", "ledger"), ("status",)),
    Case("the ledger is behind the snapshots", lambda it: it.put("older", "ledger"), preview),
    Case("is not in the ledger; `monitor run` or", lambda it: it.put("older", "ledger"), diff_to_newest),
    Case(
        "the ledger is not whole",
        lambda it: it.sql("UPDATE folds SET source = 'x' WHERE seq = 1"),
        LOG,
    ),
    Case("{}; `monitor rebuild` makes it again", lambda it: it.sql("DELETE FROM folds WHERE seq = 2"), VERIFY),
    Case(
        "differs from one made from the snapshots",
        lambda it: it.sql("UPDATE changes SET similarity = 0.5"),
        VERIFY,
    ),
    Case("and more; `monitor rebuild`", many_rows, VERIFY),
    Case(
        "was made with other rules",
        lambda it: it.sql("UPDATE meta SET value = 'old' WHERE name = 'fingerprint'"),
        VERIFY,
    ),
    Case("the view {} is missing or altered", lambda it: it.sql("DROP VIEW changes_view"), VERIFY),
    Case(
        "another version of the monitor made it",
        lambda it: it.sql("ALTER TABLE changes RENAME COLUMN similarity TO likeness"),
        LOG,
    ),
    Case("`monitor rebuild` makes it again from the snapshots", garbled("ledger.db"), LOG),
    Case(
        "counters cannot be read",
        lambda it: (it.sql("UPDATE meta SET value = '[' WHERE name = 'counters'"), new_words(it)),
        ("run",),
    ),
    Case(
        "has changes of snapshots that it does not list",
        lambda it: it.sql("DELETE FROM folds WHERE seq = 2"),
        show_second,
    ),
    Case("is another store's; `monitor rebuild` keeps it aside", lambda it: it.put("other", "ledger"), VERIFY),
    Case("is another store's than the history: `monitor verify`", lambda it: it.put("other", "ledger"), LOG),
    Case("{}; `monitor verify` says what to do", lambda it: it.remove("branch of snapshots"), LOG),
    Case("is being restored", interrupted_restore, LOG),
    # the history
    Case("a snapshot is damaged", damage_object, VERIFY, before=move_away),
    Case("the last snapshot is damaged: {}; the last good one", cut_pack, VERIFY),
    Case("{} left out; `monitor run` continues", cut_pack, ("recover",)),
    Case("is missing, and there are verdicts", lambda it: it.remove("history"), ("backup", "../new"), before=move_away),
    Case("`monitor recover` goes back to it", lambda it: it.remove("branch of snapshots"), ("run",)),
    Case("from a newer backup, or go on without it", lambda it: it.put("older", "history"), ("run",), before=move_away),
    Case(
        "than the ledger and the reviews: nothing was changed",
        lambda it: it.put("other", "history"),
        ("run",),
        before=move_away,
    ),
    Case(
        "is not in the store: `monitor",
        lambda it: it.sql("UPDATE folds SET snapshot = 'ffff' WHERE seq = 2"),
        evidence(change_of_second),
    ),
    # verdicts
    Case("`monitor run` restores it from there", lambda it: it.remove("reviews"), VERIFY),
    Case("keeps it aside, and writes it again from the database", cut_branch, VERIFY),
    Case(
        "move the store away, and `monitor restore` it from a backup",
        lambda it: (cut_branch(it), it.remove("reviews")),
        VERIFY,
        before=move_away,
    ),
    Case(
        "keeps them aside, and fills new ones from the branch",
        lambda it: it.sql("UPDATE review_states SET comments = 9", "reviews.db"),
        VERIFY,
    ),
    Case("lacks {}, which the database has", lambda it: it.remove("branch of reviews"), VERIFY),
    Case("or go on without them with", lambda it: it.remove("reviews", "branch of reviews"), VERIFY, before=move_away),
    Case(
        "verdicts and comments that were recorded are lost",
        lambda it: it.remove("reviews", "branch of reviews"),
        ("run",),
    ),
    Case("fills new ones from their branch", garbled("reviews.db"), ("review", "list")),
    Case("fills a new one from the branch", lambda it: it.put("other", "reviews"), VERIFY),
    Case("the reviews {} are damaged", no_null_comment, ("backup", "../new")),
    # what is beside them
    Case("begins a new one", lambda it: it.remove("journal"), VERIFY),
    Case("{}; `monitor recover` keeps it aside", lambda it: it.put("other", "journal"), VERIFY),
    Case("lines are lost", earlier_journal, VERIFY),
    Case(
        "reads every document again and makes it", lambda it: (it.snapshots / "scan.cache").write_bytes(b"no"), VERIFY
    ),
    Case("there is no scan cache", lambda it: it.remove("scan cache"), VERIFY),
    Case("ahead of the clock, and later ones", run_ahead_of_the_clock, VERIFY),
    Case("; `monitor run` signs them", lambda it: (sign(it), (it.root / "heads.txt.sig").unlink()), VERIFY),
    Case(
        "compare {} with a copy that others have",
        sign,
        evidence(newest),
        before=lambda it, _: (it.root / "heads.txt.sig").unlink(),
    ),
    Case("the removal of versions for good was interrupted: `monitor run` finishes it", interrupted_forget, ("log",)),
    Case(
        "{}: forgotten, what was interrupted is finished; `monitor verify` checks the store",
        interrupted_forget,
        ("forget", "offer.txt", "--reason", "r", "--yes"),
    ),
    Case(
        "forgotten; `monitor verify` checks the store",
        nothing,
        ("forget", "port.txt", "--reason", "x", "--yes"),
        stays=True,
    ),
    Case("makes one now, and", never_run, ("status", "--check")),
    Case("its log still has what was deleted", nothing, forget_while_it_is_read, stays=True),
    # pages
    Case(
        "`monitor serve --name` adds one",
        nothing,
        page("/", Host="elsewhere"),
        stays=True,
        instead=served_by_another_name,
    ),
    Case(
        "the link that `monitor serve` printed",
        nothing,
        page("/", token="a" * 20),
        stays=True,
        instead=opened_by_its_link,
    ),
    Case("<code>monitor run</code>", Place.without_snapshots, page("/documents")),
    Case("<code>monitor run</code> makes the first", lambda it: it.remove("journal"), page("/runs")),
    Case("<code>monitor run</code> folds them in", lambda it: it.put("older", "ledger"), page("/runs")),
    Case(
        "<code>monitor status</code> names them", lambda it: (many_unread(it), it.record()), page("/runs"), stays=True
    ),
]


def messages_of(case: Case) -> list[str]:
    return [one for one in MESSAGES if one == case.message] or [one for one in MESSAGES if case.message in one]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.message)
def test_each_case_is_of_one_message(case: Case) -> None:
    assert len(messages_of(case)) == 1


def test_each_message_that_advises_has_a_case() -> None:
    tried = {message for case in CASES for message in messages_of(case)}
    missing = [one for one in MESSAGES if one not in tried and not any(part in one for part in MENTIONS)]
    assert missing == [], "give each a case in CASES, or name in MENTIONS why it advises nothing"


def test_each_mention_is_in_the_code() -> None:
    assert [part for part in MENTIONS if not any(part in one for one in MESSAGES)] == []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("advice")).root.parent


@pytest.fixture
def places(built: Path, tmp_path: Path) -> Callable[[], Place]:
    """Makes a copy of the store, and of what is beside it."""
    numbers = iter(range(10))

    def make() -> Place:
        root = tmp_path / str(next(numbers))
        shutil.copytree(built, root)
        return Place(root / "place")

    return make


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.message)
def test_advice_that_is_followed_ends_well(places: Callable[[], Place], case: Case) -> None:
    (message,) = messages_of(case)
    pattern = pattern_of(message)
    place = places()
    case.harm(place)
    lines = advised(said(place, case.asks), pattern)
    for number, line in enumerate(lines):
        if number and not case.in_turn:
            place = places()
            case.harm(place)
            said(place, case.asks)
        follow(place, line, case)
        if not case.stays and (not case.in_turn or number == len(lines) - 1):
            assert pattern.search(said(place, case.asks)) is None


# --- options that a message names


class OptionCase(NamedTuple):
    """A text that names an option, by a part of it; what was done to the store; the command line that says it, and the
    one with that option, which ends well."""

    message: str
    harm: Harm
    asks: str
    follows: str


def other_folders(place: Place, *days: str) -> None:
    for day in days:
        folder = place.beside("old") / day
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "law.txt").write_text(f"The law is of {day}.\n")


def imported_folders(place: Place) -> None:
    other_folders(place, "2020-01-02")
    place.monitor("import", "../old", "--name", "laws")


def source(place: Place, branch: str = "main") -> None:
    made = place.beside("source")
    (made / "docs").mkdir(parents=True)
    (made / "docs/law.txt").write_text("The law is the law.\n")
    for words in (["init", "-q", "-b", branch], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", "-c", "user.name=Ada", "-c", "user.email=a@example.org", *words], cwd=made, check=True)


def rewritten_source(place: Place) -> None:
    source(place)
    place.monitor("import", "../source", "--name", "laws")
    words = ["commit", "-q", "--amend", "-m", "another"]
    subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=a@example.org", *words], cwd=place.beside("source"), check=True
    )


def source_without_head(place: Place) -> None:
    source(place, "work")
    subprocess.run(["git", "symbolic-ref", "HEAD", "refs/heads/none"], cwd=place.beside("source"), check=True)


def imported_docs(place: Place) -> None:
    source(place)
    place.monitor("import", "../source", "--name", "laws", "--path", "docs")


def removed_document(place: Place) -> None:
    place.record({"port.txt": None}, moment(4))


def patch_of_a_folder(place: Place) -> None:
    (place.root / "a.patch").write_text(PATCH.replace("a/offer", "a/text/offer").replace("b/offer", "b/text/offer"))


OPTION_CASES = [
    OptionCase(
        "or go on with --replace", nothing, "-C ../other backup ../copy", "-C ../other backup ../copy --replace"
    ),
    OptionCase("with --file, name a file", nothing, "backup ../copy --file", "backup ../copy.tar --file"),
    OptionCase(
        "if this is intended, run again with",
        lambda it: [path.unlink() for path in it.seeds.iterdir()],
        "run",
        "run --accept-deletions",
    ),
    OptionCase("if it was removed on purpose", lambda it: shutil.rmtree(it.seeds), "run", "run --accept-deletions"),
    OptionCase("name a branch with --ref", source_without_head, "import ../source", "import ../source --ref work"),
    OptionCase(
        "is no longer in it; import it under another",
        rewritten_source,
        "import ../source --name laws",
        "import ../source --name rules",
    ),
    OptionCase(
        "import the series under another",
        lambda it: (imported_folders(it), other_folders(it, "2020-01-01")),
        "import ../old --name laws",
        "import ../old --name rules",
    ),
    OptionCase(
        "give the import another --name",
        lambda it: (other_folders(it, "2020-01-02"), it.record({"laws/own.txt": "Our law.\n"}, moment(4))),
        "import ../old --name laws",
        "import ../old --name rules",
    ),
    OptionCase(
        "leave that out, or import under another",
        imported_docs,
        "import ../source --name laws --path other",
        "import ../source --name rules",
    ),
    OptionCase(
        "import it under another --name to continue it",
        imported_folders,
        "import ../old --name laws --continues",
        "import ../old --name rules --continues",
    ),
    OptionCase(
        "it was left out with all that follows; --until ends an import earlier",
        lambda it: other_folders(it, "2020-01-02", "2026-01-03"),
        "import ../old --continues",
        "import ../old --continues --until 2021-01-01",
    ),
    OptionCase(
        "name a folder, or use --file",
        lambda it: it.monitor("backup", "../file", "--file"),
        "backup ../file",
        "backup ../file --file",
    ),
    OptionCase(
        "it is not there; --relative {} makes", patch_of_a_folder, "preview a.patch", "preview a.patch --relative text"
    ),
    OptionCase(
        "{} is binary: name a file", nothing, "export --format xlsx", "export --format xlsx --output changes.xlsx"
    ),
    OptionCase("only the first {} are shown", nothing, "search needs --limit 1", "search needs --limit 9"),
    OptionCase("there is no rule; give --pattern", nothing, "rules preview", "rules preview --pattern Offer*"),
    OptionCase("it was removed at {}: --at", removed_document, "blame port.txt", "blame port.txt --at 2026-01-02"),
]


OPTION_MENTIONS = {
    "`git fetch --unshallow` there": "a command of git's; tests/app/test_import_bad_sources.py",
    "wait for it with --wait SECONDS": "tests/app/test_lock.py",
    "there is no reviewer: give --as NAME": "where the system knows no login name",
    "for more: --after {}": "tests/reviews/test_queue.py",
    "with --yes nobody is asked": "tests/operation/test_forget.py, whose erasures are all so",
    "without --token one is generated": "tests/web/test_serve.py",
    "--port names another": "where another program has the port",
    "is a binary format; use --output FILE": "where standard output is a terminal",
    "no snapshot was taken for longer than --max-age": "says what does not hold",
    "`status --check` would end": "the help of a metric",
    "or with --excluded those that are not": "a help",
    "change_id text: the full id": "the description of a view",
    "Evidence of one change": "the page of an archive; tests/reliability/test_evidence.py follows it",
}
"""Texts that name an option and are not followed here, by a part of each, and why."""


def test_each_message_that_names_an_option_has_a_case() -> None:
    known = [*(case.message for case in OPTION_CASES), *OPTION_MENTIONS]
    assert [one for one in OPTION_MESSAGES if not any(part in one for part in known)] == []
    assert [part for part in known if not any(part in one for one in OPTION_MESSAGES)] == []


@pytest.mark.slow
@pytest.mark.parametrize("case", OPTION_CASES, ids=lambda case: case.message)
def test_option_that_a_message_names_ends_well(places: Callable[[], Place], case: OptionCase) -> None:
    (message,) = {one for one in OPTION_MESSAGES if case.message in one}
    place = places()
    case.harm(place)
    assert pattern_of(message).search(said(place, tuple(case.asks.split())))
    named = set(re.findall(r"--[a-z-]+", message))
    assert named & set(case.follows.split()), named
    place.monitor(*case.follows.split())
    assert pattern_of(message).search(said(place, tuple(case.follows.split()))) is None
