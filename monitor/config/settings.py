"""All settings with their defaults, one class for each section, and the file that `monitor init` writes.

A new key needs a line here and one in `keys`. These are named tuples because every run defines them: seven dataclasses
take four times as long.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from textwrap import fill
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote
from zoneinfo import ZoneInfo

from monitor.model.snapshots import CONFLICTS, IGNORED

DEFAULT_TOML = """\
# Configuration of the monitor. Paths are relative to this file; unknown keys are errors.
# An option of a command overrides a variable such as MONITOR_WATCH_FOLDER, and a variable overrides this file.

[watch]                      # what is watched
folder = "seeds"             # where the documents are
include = ["**/*"]           # patterns of paths below the folder; {md,txt} is either word
exclude = []                 # more to leave out; "!PATTERN" takes something back
ignore_defaults = true       # leave out what editors, Office, sync programs, systems and version control leave behind:
@IGNORED@
ignore_case = false          # whether *.txt also means B.TXT
max_size = "50 MB"           # a larger file is reported and not read
link_places = []             # folders elsewhere whose files symbolic links may publish; other links are not followed
settle = "2 s"               # a file that was modified this recently is read again later
# before = ["rclone", "sync", "remote:policies", "seeds"]  # a command to run before each look; see docs/feeding.md
# before_timeout = "10 min"  # how long it may take

# [watch.news]               # several folders instead: each has a name, and every key above; documents are news/PATH
# folder = "news"

[store]
snapshots = "snapshots"      # the history and the ledger are kept in here
ledger = "sqlite"            # or postgresql+psycopg://user@host/database (better: in MONITOR_STORE_LEDGER)
# schema = "policies"        # where in that database; made where it is missing, so that several monitors can share one
# keep = "5 years"           # runs take out what is older, for good; without it everything is kept
# group = "editors"          # a group of this machine that shares the store: runs give it the rights
# role = "reader"            # "reader": a host that reads and reviews in that database, and makes no run

[schedule]                   # when `monitor watch` runs: one of the two
cron = "*/15 * * * *"        # as in crontab(5): 0 and 7 are Sunday
# every = "15 min"           # or this long after the beginning of the run before
# timezone = "Europe/Vienna" # for the cron line and for dates without an offset (default: the machine's)

[hold]
deletions = "20 %"           # more than this and more than 10 documents vanished: the run is held
identity = "content"         # the folder is known by its documents; "strict": another on the disk is held

[limits]                     # of one document
time = "30 s"                # how long reading it may take
memory = "1 GB"              # and how much memory

[extract]                    # how documents are read
article = []                 # patterns of paths: web pages of which only the main text is read
comments = false             # whether the comments of reviewers are read: Word, OpenDocument, PDF
announcements = []           # patterns of further lines with a document's date or version: "Issue *"

[report]
formats = ["html"]           # written after each run that found something: text, markdown, json, html
folder = "reports"           # where they are written

# [review]                   # see docs/review.md
# reviewer = "Ada"           # without it, --as NAME or the login name
# watch = ["ceasefire"]      # terms that raise a change in the queue
# second = ["contracts/**"]  # documents whose verdicts two people give; true: all
# quiet_after = 5            # times its usual interval without a change: a document is quiet
# noisy_from = "80 %"        # of the latest runs changed it: a document is noisy
# [review.weights]
# "contracts/**" = 2

# [rules.footer]             # an ignore rule; `monitor rules preview` shows what it would hide
# pattern = "Last updated: *"
# until = 2026-06-30         # only for changes up to this day

# [notify]                   # see docs/notices.md
# link = "http://127.0.0.1:8321"  # where the web page is reached; notices and reports link to it
# ping = "https://ping.example/KEY"  # called after each good run, for a service that tells when that stays away
# second_look = "2 min"      # how soon `monitor watch` looks again where a change must still hold (confirm)
# [notify.mute]              # documents of which nobody is notified until a day
# "drafts/**" = 2026-06-30
# [notify.desk]              # one message after each run that found something
# url_file = "desk.url"      # a file with a URL of Apprise, or `url` with the URL itself; pip install 'monitor[notify]'
# score = 6                  # from this score on
# kinds = ["revised", "removed"]  # what is said of a change must all hold; words of a list are alternatives
# aspects = ["number"]       # one of them is an aspect of it
# documents = ["contracts/**"]  # patterns of paths
# terms = ["ceasefire"]      # one of them is in the text
# sources = []               # of one of these [watch.NAME]
# limit = 10                 # changes that one message shows
# failures = true            # also when runs begin to be held or to fail, daily meanwhile, and when they go well again
# direction = "removals"     # additions: no word went; removals: none came
# numbers = "fell"           # rose, fell or any: a number changed
# number_change = "10 %"     # and by this much at least
# every = "1 day at 08:00"   # a digest instead of one message a run; 1 week on monday at 08:00; 6 h
# empty = true               # a digest also where nothing changed
# template = "notice.txt"    # a file of Jinja for the message; see docs/notices.md
# quiet = true               # also which documents have gone quiet
# noisy = true               # also which change at nearly every run
# confirm = true             # only what still holds at the next run; or patterns of documents

# [web]                      # the page behind a proxy that signs people in; see docs/web.md
# user_header = "X-Forwarded-User"  # who it is, as the proxy says
# group_header = "X-Forwarded-Groups"  # of which groups, with commas between
# trusted_proxies = ["127.0.0.1", "::1"]  # who is believed: addresses and networks
# [web.roles]                # reader, unless a name or a @group is below
# reviewer = ["ada", "@desk"]
# admin = ["grace"]

# [evidence]                 # see docs/evidence.md
# heads = "heads.txt"        # each run appends the newest snapshot's id, for you to publish
# key = "keys/monitor"       # an ssh key that signs the file

# [feeds]                    # Atom feeds, written after each run that found something
# folder = "feeds"           # where they are written
# entries = 50               # of each feed, the newest
# authority = "example.org"  # the owner of the ids in them
# kinds = ["revised"]        # which changes are in them, as in a channel
# aspects = ["number"]
# documents = ["contracts/**"]
# sources = []
# terms = ["ceasefire"]
# direction = "removals"
# numbers = "fell"
# number_change = "10 %"
""".replace("@IGNORED@", fill(" ".join((*IGNORED, *CONFLICTS)), 110, initial_indent="#   ", subsequent_indent="#   "))

DEFAULT_CRON = "*/15 * * * *"
LEDGER = "ledger.db"  # the SQLite file, beside the history
REVIEWS_DB = "reviews.db"  # the other one: what people said, which nothing makes again


class Watch(NamedTuple):
    """What is watched. `max_size` in bytes, `settle` and `before_timeout` in seconds.

    `name` is that of `[watch.NAME]`, where there are several folders; the documents' names begin with it.
    """

    folder: Path = Path("seeds")
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    max_size: int = 50 * 10**6
    settle: float = 2.0
    ignore_defaults: bool = True
    ignore_case: bool = False
    link_places: tuple[Path, ...] = ()
    before: tuple[str, ...] = ()
    before_timeout: float = 600.0
    name: str = ""

    @property
    def label(self) -> str:
        """For messages: the name, else the folder."""
        return self.name or str(self.folder)


class Store(NamedTuple):
    """Where history and ledger lie. `ledger` is `sqlite` (a file beside the history) or a database URL.

    `role`: `reader` on a host without the history, which makes no run; its verdicts go to the database. `schema`: where
    in a PostgreSQL database the tables are; None for that of the URL. `group`: who shares the store beside its owner.
    """

    snapshots: Path = Path("snapshots")
    ledger: str = "sqlite"
    keep: float | None = None  # seconds; what is older is taken out by runs; None: everything is kept
    role: str = "writer"
    schema: str | None = None
    group: str | None = None

    def __repr__(self) -> str:
        """Without what follows the scheme: a database URL may carry a password."""
        scheme, separator, _ = self.ledger.partition("://")
        return f"Store(snapshots={self.snapshots!r}, ledger={scheme + (separator and '://…')!r})"


class Schedule(NamedTuple):
    """When `watch` runs: exactly one of `cron` and `every` (seconds) is set."""

    cron: str | None = DEFAULT_CRON
    every: float | None = None
    timezone: str | None = None


class Hold(NamedTuple):
    """When a run stops and asks: more than this share (0..1) of the documents vanished, or it is another folder.

    `identity`: `content` where a folder is known by its documents, `strict` where it must be the same on the disk.
    """

    deletions: float = 0.2
    identity: str = "content"


class Limits(NamedTuple):
    """Of one document: `time` in seconds, `memory` in bytes."""

    time: float = 30.0
    memory: int = 10**9


class Extract(NamedTuple):
    """How documents are read.

    `article`: patterns of paths whose web pages are read for their main text alone; `comments`: whether those of
    reviewers are read; `announcements`: patterns of further lines that give a document's own date or version.
    """

    article: tuple[str, ...] = ()
    comments: bool = False
    announcements: tuple[str, ...] = ()


class Report(NamedTuple):
    """What is written after each run that found something; no format: nothing."""

    formats: tuple[str, ...] = ()
    folder: Path = Path("reports")


class Review(NamedTuple):
    """Who reviews where nobody says so, and what weighs more: terms to watch, and (pattern of paths, weight).

    `second` has patterns of the documents on which two people must agree. A document is quiet where it has not changed
    for `quiet_after` times its usual interval, and noisy where it changed at a share of the runs of `noisy_from`.
    """

    reviewer: str | None = None
    watch: tuple[str, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    second: tuple[str, ...] = ()
    quiet_after: float = 5.0
    noisy_from: float = 0.8


class IgnoreRule(NamedTuple):
    """`[rules.NAME]`: what is noise to a reviewer (see `core/review/ignore_rules.py`). Values are the file's words."""

    name: str = ""
    action: str = "fold"
    document: tuple[str, ...] = ()
    heading: str | None = None
    pattern: str | None = None
    aspects: tuple[str, ...] = ()
    significance: str | None = None
    kinds: tuple[str, ...] = ()
    until: str | None = None  # for changes up to this date


class Channel(NamedTuple):
    """`[notify.NAME]`: where notices go, from which significance and score on, and how many changes one shows.

    What `kinds` and the keys up to `number_change` say must all hold of a change (see `core.review.notices`). `confirm`
    has patterns of the documents whose changes must still hold at the next run.
    """

    name: str = ""
    url: str | None = None
    url_file: Path | None = None
    significance: str = "substantive"
    score: float = 0.0
    limit: int = 10
    format: str = "text"  # or json: the changes themselves
    failures: bool = True  # also when runs begin to be held or to fail, daily meanwhile, and when they go well again
    kinds: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    direction: str | None = None
    numbers: str | None = None
    number_change: float = 0.0
    every: str | None = None  # a digest, instead of one message a run
    empty: bool = False  # a digest also where nothing changed
    template: Path | None = None  # a message of the user's own words, see `app.notice_template`
    quiet: bool = False  # also of documents that have gone quiet
    noisy: bool = False  # also of those that change at nearly every run
    confirm: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without the URL: it is a secret."""
        return f"Channel(name={self.name!r})"


class Notify(NamedTuple):
    """Who is notified after a run. `link` is the address of the web page for those who read the notices.

    `ping` is an address that is called after each good run, for a service that tells when that stays away; a secret.
    `mute` has patterns of documents of which nobody is notified, each with a date. `second_look`: in how many seconds
    `watch` looks again where a change must still hold (`confirm`); None: with the next run.
    """

    channels: tuple[Channel, ...] = ()
    link: str | None = None
    ping: str | None = None
    mute: tuple[tuple[str, str], ...] = ()
    second_look: float | None = None


class Feeds(NamedTuple):
    """Atom feeds written after each run that found something; no folder: none. `authority` is whose ids they hold.

    The other keys say which changes are in them, as in a channel.
    """

    folder: Path | None = None
    entries: int = 50
    authority: str = "monitor.invalid"
    kinds: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    direction: str | None = None
    numbers: str | None = None
    number_change: float = 0.0


ROLES = ("reader", "reviewer", "admin")


class Web(NamedTuple):
    """The page behind a proxy that signs people in: the headers in which it says who somebody is and of which groups,
    the addresses that are believed, and who has which role (`@` stands before a group, `*` is everybody)."""

    user_header: str | None = None
    group_header: str | None = None
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    roles: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Evidence(NamedTuple):
    """`heads`: the file that each run appends the head of the history to, for the user to publish; None: none.

    `key`: the private ssh key that signs it (or the public one, where an agent holds the other).
    """

    heads: Path | None = None
    key: Path | None = None


class Settings(NamedTuple):
    """Everything that can be set; every path is absolute.

    `root` is the folder that the paths of the file are relative to; `file` is None where there is no
    configuration file.
    """

    root: Path
    file: Path | None
    watch: Watch
    store: Store
    schedule: Schedule
    hold: Hold
    limits: Limits
    report: Report
    review: Review = Review()
    rules: tuple[IgnoreRule, ...] = ()
    notify: Notify = Notify()
    feeds: Feeds = Feeds()
    extract: Extract = Extract()
    evidence: Evidence = Evidence()
    sources: tuple[Watch, ...] = ()  # `[watch.NAME]`
    web: Web = Web()

    @property
    def watched(self) -> tuple[Watch, ...]:
        """The watched folders: those that have names, else the one of `[watch]`."""
        return self.sources or (self.watch,)

    @property
    def folders_text(self) -> str:
        """The watched folders, for messages."""
        return ", ".join(str(watch.folder) for watch in self.watched)

    @property
    def journal(self) -> Path:
        """The file of the runs, beside the stores."""
        return self.store.snapshots / "runs.jsonl"

    @property
    def ledger_url(self) -> str:
        """The URL of the ledger's database; may carry a password."""
        if self.store.ledger != "sqlite":
            return self._server_url

        return "sqlite:///" + quote(os.fsencode(self.store.snapshots / LEDGER))

    @property
    def _server_url(self) -> str:
        url, schema = self.store.ledger, self.store.schema
        return url if schema is None else f"{url}{'&' if '?' in url else '?'}schema={schema}"

    @property
    def reviews_url(self) -> str:
        """The database of what people said: the ledger's on a server, a file of its own beside SQLite's."""
        if self.store.ledger != "sqlite":
            return self._server_url

        return "sqlite:///" + quote(os.fsencode(self.store.snapshots / REVIEWS_DB))

    @property
    def zone(self) -> tzinfo:
        """The zone of the schedule and of dates without an offset: the configured one, else the machine's."""
        return named_zone(self.schedule.timezone) if self.schedule.timezone else _machine_zone()

    def redact(self, text: str) -> str:
        """`text` without the ledger's database URL, its secrets, and channels: for messages and logs."""
        for channel in self.notify.channels:
            text = text.replace(channel.url, "…") if channel.url else text
        text = text.replace(self.notify.ping, "…") if self.notify.ping else text
        scheme, separator, rest = self.store.ledger.partition("://")
        if not separator:
            return text
        text = text.replace(self.store.ledger, f"{scheme}://…")
        for secret in _secrets(rest):
            text = text.replace(secret, "…")
        return text


def _secrets(rest: str) -> Iterator[str]:
    """What must not be shown of a database URL, given without its scheme; as it is written there, and decoded."""
    server, _, query = rest.partition("?")
    password = server.rpartition("@")[0].partition(":")[2]
    yield from filter(None, (password, unquote(password)))
    yield from (value for key, value in parse_qsl(query) if "pass" in key.lower())


def named_zone(name: str) -> tzinfo:
    """The time zone of this IANA name; ValueError where there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # also: a path out of the database, a folder in it
        raise ValueError(f"no time zone {name!r}") from None


def _machine_zone() -> tzinfo:
    """What TZ or /etc/localtime says, by name where it has one; UTC where neither says anything."""
    localtime = Path("/etc/localtime")
    names = [os.environ.get("TZ", "").removeprefix(":")]
    if localtime.is_symlink():
        names.append(os.fspath(localtime.readlink()).partition("zoneinfo/")[2])
    for name in filter(None, names):
        try:
            return named_zone(name)
        except ValueError:
            continue  # TZ may hold a POSIX rule ("CET-1CEST"), which has no name
    try:
        with localtime.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return UTC
