"""What a channel is notified of, and when: filters, mutes, digests, and changes that must hold at the next run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from monitor.app import notify
from monitor.app.monitor import NOTICES_WAITING, Monitor
from monitor.config.keys import duration
from monitor.core.classification.numbers import NumberChange
from monitor.core.cron import parse_every
from monitor.reports.records import change_schema
from tests.reviews.conftest import Service
from tests.support.workspace import Workspace

BEFORE = {
    "contracts/lease.md": "# Lease\n\nThe rent is 1,000 euro.\n\nNotice is given in 60 days.\n\nPets are allowed.\n",
    "news/truce.md": "# Truce\n\nA ceasefire may begin on Monday.\n\nAda Lovelace said so.\n",
}
RENT = {"contracts/lease.md": BEFORE["contracts/lease.md"].replace("1,000", "1,200")}
NOTICE = {"contracts/lease.md": BEFORE["contracts/lease.md"].replace("60 days", "30 days")}
PETS = {"contracts/lease.md": BEFORE["contracts/lease.md"].replace("\nPets are allowed.\n", "")}
MAY = {"news/truce.md": BEFORE["news/truce.md"].replace("may begin", "will begin")}
LONGER = {"news/truce.md": BEFORE["news/truce.md"].replace("Monday.", "Monday at noon.")}
GARDEN = {"contracts/lease.md": BEFORE["contracts/lease.md"] + "\nThe garden is shared.\n"}


class Told(list[tuple[str, str]]):
    """What channels on this machine were told: title and body."""

    @property
    def bodies(self) -> str:
        return "\n".join(body for _, body in self)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    found = Told()
    monkeypatch.setattr(notify, "apprise_sender", lambda: lambda _url, title, body: found.append((title, body)))
    return found


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    place = Workspace(tmp_path_factory.mktemp("notices"))
    place.record_day(1, BEFORE)
    return place


@pytest.fixture
def desk(recorded: Workspace, tmp_path: Path) -> Callable[[str], Workspace]:
    """A copy of the recorded folder with these keys of its one channel."""

    def configured(keys: str, also: str = "") -> Workspace:
        place = recorded.copy(tmp_path)
        place.configure(f"{also}\n[notify.desk]\nurl = 'json://desk'\n{keys}\n")
        return place

    return configured


# --- which changes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "documents", "is_told"),
    [
        ("kinds = ['removed']", PETS, True),
        ("kinds = ['removed']", RENT, False),
        ("kinds = ['added', 'revised']", RENT, True),
        ("kinds = 'added'", GARDEN, True),
        ("aspects = ['number']", RENT, True),
        ("aspects = ['number', 'modality']", MAY, True),
        ("aspects = ['number']", MAY, False),
        ("aspects = ['number']", GARDEN, False),
        ("documents = ['contracts/**']", RENT, True),
        ("documents = ['contracts/**']", MAY, False),
        ("documents = ['*.md']", MAY, True),
        ("terms = ['ceasefire']", MAY, True),
        ("terms = ['CEASE-fire', 'rent']", RENT, True),
        ("terms = ['fire']", MAY, False),
        ("direction = 'additions'", GARDEN, True),
        ("direction = 'additions'", LONGER, True),
        ("direction = 'additions'", RENT, False),
        ("direction = 'removals'", PETS, True),
        ("direction = 'removals'", GARDEN, False),
        ("numbers = 'rose'", RENT, True),
        ("numbers = 'rose'", NOTICE, False),
        ("numbers = 'fell'", NOTICE, True),
        ("numbers = 'fell'", RENT, False),
        ("numbers = 'any'", NOTICE, True),
        ("numbers = 'any'", MAY, False),
        ("number_change = '20 %'", RENT, True),
        ("number_change = '21 %'", RENT, False),
        ("numbers = 'fell'\nnumber_change = '50 %'", NOTICE, True),
        ("numbers = 'fell'\nnumber_change = '51 %'", NOTICE, False),
        ("kinds = ['revised']\naspects = ['number']\ndocuments = ['contracts/**']\nterms = ['rent']", RENT, True),
        ("kinds = ['revised']\naspects = ['number']\ndocuments = ['contracts/**']\nterms = ['pets']", RENT, False),
    ],
)
def test_channel_is_told_of_what_its_keys_let_through(
    desk: Callable[[str], Workspace], told: Told, keys: str, documents: Mapping[str, str], is_told: bool
) -> None:
    desk(keys).record_day(2, documents)
    assert bool(told) is is_told


def test_number_that_cannot_be_compared_is_told(desk: Callable[[str], Workspace], told: Told) -> None:
    desk("numbers = 'fell'").record_day(
        2, {"contracts/lease.md": BEFORE["contracts/lease.md"].replace("1,000 euro", "900 dollars")}
    )
    assert "900 dollars" in told.bodies


def test_source_is_the_name_of_a_watched_folder(tmp_path: Path, told: Told) -> None:
    place = Workspace(tmp_path)
    place.configure(
        "[watch.a]\nfolder = 'seeds/a'\n[watch.b]\nfolder = 'seeds/b'\n"
        "[notify.desk]\nurl = 'json://desk'\nsources = ['a']\n"
    )
    place.record_day(1, {"a/x.md": "It may.\n", "b/x.md": "It may.\n"})
    place.record_day(2, {"b/x.md": "It will not.\n"})
    assert told == []
    place.record_day(3, {"a/x.md": "It must.\n"})
    assert [title for title, _ in told] == ["a/x.md: may → must (stronger)"]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("kinds = ['vanished']", "expected one of added, removed"),
        ("kinds = ['unwatched']", "expected one of added, removed"),
        ("aspects = ['colour']", "expected one of typography"),
        ("terms = ['…']", "can never be found"),
        ("sources = ['news']", "there is no [watch.news]"),
        ("direction = 'up'", "expected one of additions, removals"),
        ("numbers = 'sank'", "expected one of any, rose, fell"),
        ("number_change = '-3 %'", "a share such as `10 %`"),
        ("every = '1 day at 25:00'", "no time of day"),
        ("every = '1 week on someday at 8:00'", "a duration such as"),
        ("every = 'every blue moon'", "or write `1 day at 08:00` or `1 week on monday at 08:00`"),
        ("every = '0 days at 8:00'", "expected `1 day at 08:00`"),
        ("every = 'monday on friday at 8:00'", "expected `1 day at 08:00`"),
        ("confirm = 3", "expected a list"),
    ],
)
def test_wrong_key_of_a_channel_is_refused(desk: Callable[[str], Workspace], keys: str, says: str) -> None:
    assert says in desk(keys).monitor("run", status=2).err.decode()


def test_channel_without_filters_gets_document_events_too(desk: Callable[[str], Workspace], told: Told) -> None:
    desk("").record_day(2, {"quay.md": "Closed.\n", "news/truce.md": None})
    assert "quay.md" in told.bodies
    assert "news/truce.md" in told.bodies


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        (RENT, "number, statement 2, up 20 %"),
        (NOTICE, "number, statement 3, down 50 %"),
    ],
)
def test_notice_says_which_way_a_number_went_and_by_how_much(
    desk: Callable[[str], Workspace], told: Told, documents: Mapping[str, str], words: str
) -> None:
    desk("").record_day(2, documents)
    assert words in told.bodies


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(1e9, 1e9 + 1, "up less than 0.01 %"), (1000.0, 999.0, "down 0.1 %"), (0.0, 5.0, "up from 0")],
)
def test_a_tiny_share_is_written_for_people(before: float, after: float, words: str) -> None:
    assert notify.amount_text(NumberChange(before, after, "a", "b"), alone=True) == words


# --- muted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mute", "is_told"),
    [
        ("'contracts/**' = 2999-01-01", False),
        ("'contracts/**' = '2999-01-01T08:00:00+01:00'", False),
        ("'contracts/**' = 2001-01-01", True),
        ("'news/**' = 2999-01-01", True),
    ],
)
def test_muted_document_is_not_told_until_its_date(
    desk: Callable[..., Workspace], told: Told, mute: str, is_told: bool
) -> None:
    place = desk("", f"[notify.mute]\n{mute}\n")
    place.record_day(2, RENT)
    assert bool(told) is is_told
    assert "lease.md" in place.monitor("review", "list").text


@pytest.mark.parametrize("date", ["'soon'", "'2026-13-01'", "3", "'7d'"])
def test_mute_needs_a_date(desk: Callable[..., Workspace], date: str) -> None:
    refused = desk("", f"[notify.mute]\n'x' = {date}\n").monitor("run", status=2)
    assert "expected a date such as 2026-06-30" in refused.err.decode()


@pytest.mark.parametrize(("until", "is_hidden"), [("2026-01-02", True), ("2026-01-01", False), ("2999-01-01", True)])
def test_ignore_rule_ends_with_its_date(
    desk: Callable[..., Workspace], told: Told, until: str, is_hidden: bool
) -> None:
    place = desk("", f"[rules.rent]\ndocument = 'contracts/**'\nuntil = {until}\n")
    place.record_day(2, RENT)
    assert bool(told) is not is_hidden
    assert ("lease.md" in place.monitor("review", "list").text) is not is_hidden


# --- templates ----------------------------------------------------------------------------------


TITLE = "contracts/lease.md: 1,000 euro → 1,200 euro"


@pytest.mark.parametrize(
    ("name", "template", "title", "body"),
    [
        (
            "n.txt",
            "Subject: {{ title }}!\n{% for c in changes %}{{ c.before }} / {{ c.after }}{% endfor %}",
            f"{TITLE}!",
            "The rent is 1,000 euro. / The rent is 1,200 euro.",
        ),
        ("n.txt", "{{ changes[0].text }}", TITLE, "The rent is [-1,000-]{+1,200+} euro."),
        ("n.html", "<b>{{ '<i>' }}</b>", TITLE, "<!DOCTYPE html>\n<b>&lt;i&gt;</b>"),
    ],
)
def test_message_can_be_made_by_a_template(
    desk: Callable[[str], Workspace], told: Told, name: str, template: str, title: str, body: str
) -> None:
    place = desk(f"template = '{name}'")
    (place.root / name).write_text(template)
    place.record_day(2, RENT)
    assert told == [(title, body)]


@pytest.mark.parametrize(
    "template",
    [
        "{{ nothing }}",
        "{% for %}",
        "{{ changes[7].text }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 1 / 0 }}",
        "{{ 'x' * 300000 }}",
        None,
    ],
)
def test_change_is_sent_although_the_template_fails(
    desk: Callable[[str], Workspace], told: Told, template: str | None
) -> None:
    place = desk("template = 'n.txt'")
    if template is not None:
        (place.root / "n.txt").write_text(template)
    place.record_day(2, RENT)
    assert "{+1,200+}" in told.bodies
    assert "This is not made with the template: the template n.txt" in told.bodies


# --- digests ------------------------------------------------------------------------------------


def let_pass(place: Workspace, days: float) -> None:
    """Let what waits have waited so much longer."""
    with Monitor(place.settings) as monitor, monitor.reviews.database.write_transaction() as transaction:
        for subject, made_at in transaction.rows("SELECT subject, made_at FROM notice_changes"):
            earlier = datetime.fromisoformat(made_at) - timedelta(days=days)
            transaction.execute(
                "UPDATE notice_changes SET made_at = :at WHERE subject = :subject",
                {"at": earlier.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "subject": subject},
            )


def test_digest_is_one_message_of_several_runs(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("every = '100 days at 08:00'")
    place.record_day(2, RENT)
    place.record_day(3, MAY)
    place.record()
    assert told == []
    let_pass(place, 101)
    place.record()
    assert [title for title, _ in told] == ["2 documents changed: contracts/lease.md, news/truce.md"]
    let_pass(place, 101)
    place.record()
    assert len(told) == 1
    assert not (place.snapshots / NOTICES_WAITING).exists()


def test_digest_has_the_lines_of_a_document_together(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("every = '100 days at 08:00'")
    place.record_day(2, RENT)
    place.record_day(3, MAY)
    place.record_day(4, {"contracts/lease.md": RENT["contracts/lease.md"].replace("60 days", "6 days")})
    let_pass(place, 101)
    place.record()
    lines = [line.partition(":")[0] for line in told.bodies.splitlines() if ".md:" in line]
    assert lines in (
        ["contracts/lease.md", "contracts/lease.md", "news/truce.md"],
        ["news/truce.md", "contracts/lease.md", "contracts/lease.md"],
    )


def test_nothing_is_sent_where_nothing_happened(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("every = '1 day at 08:00'")
    place.record()
    let_pass(place, 3)
    place.record()
    assert told == []


def test_empty_digest_is_sent_on_request_and_once(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("every = '100 days at 08:00'\nempty = true")
    place.record()
    assert told == []
    let_pass(place, 101)
    place.record()
    place.record()
    assert [title.partition(" since")[0] for title, _ in told] == ["No changes"]


def test_digest_that_was_interrupted_is_not_sent_twice(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("every = '100 days at 08:00'")
    place.record_day(2, RENT)
    let_pass(place, 101)
    place.record()
    journal = place.snapshots / "runs.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:1]))  # as if never written
    (place.snapshots / "ledger.db").unlink()
    place.record()
    let_pass(place, 101)
    place.record()
    assert len(told) == 1


@pytest.mark.parametrize(
    ("every", "after", "due"),
    [
        ("1 day at 08:00", "2026-01-05T07:59", "2026-01-05T08:00"),
        ("1 day at 08:00", "2026-01-05T08:00", "2026-01-06T08:00"),
        ("daily at 8:00", "2026-01-05T09:00", "2026-01-06T08:00"),
        ("every 2 days at 08:00", "2026-01-05T09:00", "2026-01-07T08:00"),
        ("1 week at 08:00", "2026-01-05T09:00", "2026-01-12T08:00"),
        ("1 week on friday at 16:30", "2026-01-05T09:00", "2026-01-09T16:30"),
        ("friday at 16:30", "2026-01-09T16:31", "2026-01-16T16:30"),
        ("2 weeks on monday at 00:00", "2026-01-05T09:00", "2026-01-19T00:00"),
        ("6 h", "2026-01-05T09:00", "2026-01-05T15:00"),
        ("1 day at 02:30", "2026-03-28T12:00", "2026-03-29T03:30"),
        ("1 day at 02:30", "2026-10-24T12:00", "2026-10-25T02:30"),
    ],
)
def test_when_a_digest_is_due(every: str, after: str, due: str) -> None:
    zone = ZoneInfo("Europe/Vienna")
    found = parse_every(every, duration).next_after(datetime.fromisoformat(after).replace(tzinfo=zone), zone)
    assert found.astimezone(zone).strftime("%Y-%m-%dT%H:%M") == due


# --- confirmed at the next run ------------------------------------------------------------------


def test_change_is_told_when_it_holds_at_the_next_run(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("confirm = true")
    place.record_day(2, RENT)
    assert told == []
    place.record()
    assert "1,200" in told.bodies
    place.record()
    assert len(told) == 1


@pytest.mark.parametrize(
    "capture",
    [
        {"contracts/lease.md": ""},
        {"contracts/lease.md": "403 Forbidden\n"},
        {"contracts/lease.md": BEFORE["contracts/lease.md"][:40]},
        {"contracts/lease.md": None},
        RENT,
        GARDEN,
        PETS,
        {"quay.md": "A page that was there once.\n"},
    ],
)
def test_what_was_seen_once_is_never_told(
    desk: Callable[[str], Workspace], told: Told, capture: Mapping[str, str | None]
) -> None:
    place = desk("confirm = true")
    place.record_day(2, capture)
    place.record_day(3, BEFORE | {name: None for name in capture if name not in BEFORE})
    place.record()
    place.record()
    assert told == []
    assert not (place.snapshots / NOTICES_WAITING).exists()


def test_what_really_changed_beside_a_bad_capture_is_told(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("confirm = true")
    place.record_day(2, {"contracts/lease.md": "403 Forbidden\n"})
    place.record_day(3, RENT)
    place.record()
    assert "1,200" in told.bodies
    assert "Pets" not in told.bodies


def test_change_that_goes_on_is_told_when_it_rests(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("confirm = true")
    place.record_day(2, RENT)
    place.record_day(3, {"contracts/lease.md": RENT["contracts/lease.md"].replace("1,200", "1,500")})
    assert told == []
    place.record()
    assert "1,000 euro → 1,200 euro" in told.bodies
    assert "1,200 euro → 1,500 euro" in told.bodies


def test_confirmation_can_be_for_some_documents_alone(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("confirm = ['news/**']")
    place.record_day(2, RENT | MAY)
    assert [title for title, _ in told] == ["contracts/lease.md: 1,000 euro → 1,200 euro"]
    place.record()
    assert told[-1][0].startswith("news/truce.md")


def test_undone_change_counts_though_its_kind_is_not_wanted(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("confirm = true\nkinds = ['removed']")
    place.record_day(2, PETS)
    place.record_day(3, BEFORE)
    place.record()
    assert told == []


def test_run_that_could_not_look_confirms_nothing(tmp_path: Path, told: Told) -> None:
    place = Workspace(tmp_path)
    place.configure(
        "[watch.a]\nfolder = 'seeds/a'\n[watch.b]\nfolder = 'seeds/b'\n"
        "[notify.desk]\nurl = 'json://desk'\nconfirm = true\nfailures = false\n"
    )
    place.record_day(1, {"a/x.md": "It may.\n", "b/x.md": "It may.\n"})
    place.record_day(2, {"a/x.md": "It must.\n"})
    (place.seeds / "a").rename(place.root / "away")
    place.run(status=6)
    assert told == []
    (place.root / "away").rename(place.seeds / "a")
    place.record()
    assert len(told) == 1


def test_confirmed_changes_wait_for_the_digest(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("confirm = true\nevery = '100 days at 08:00'")
    place.record_day(2, RENT)
    let_pass(place, 101)
    place.record()
    assert told == []
    let_pass(place, 101)
    place.record()
    assert len(told) == 1


def test_erased_document_is_not_told_later(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("every = '100 days at 08:00'")
    place.record_day(2, RENT | MAY)
    place.monitor("forget", "contracts/lease.md", "--reason", "asked", "--yes")
    let_pass(place, 101)
    place.record()
    assert "lease" not in told.bodies


@pytest.mark.parametrize("keys", ["every = '100 days at 08:00'", "confirm = true"])
def test_what_waits_is_sent_where_the_channel_waits_no_more(
    desk: Callable[[str], Workspace], told: Told, keys: str
) -> None:
    place = desk(keys)
    place.record_day(2, RENT)
    place.configure("[notify.desk]\nurl = 'json://desk'\n")
    place.record()
    assert "1,200" in told.bodies
    place.record()
    assert len(told) == 1


@pytest.mark.parametrize(("days", "is_told"), [(29, True), (32, False)])
def test_what_waits_for_a_channel_that_is_gone_is_forgotten(
    desk: Callable[[str], Workspace], told: Told, days: int, is_told: bool
) -> None:
    place = desk("every = '366 days at 08:00'")
    place.record_day(2, RENT)
    place.configure("[notify.other]\nurl = 'json://other'\nevery = '366 days at 08:00'\n")
    let_pass(place, days)
    place.record_day(3, MAY)
    place.configure("[notify.desk]\nurl = 'json://desk'\n")
    place.record()
    assert bool(told) is is_told


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("", {"1,200", "will begin", "Pets"}),
        ("aspects = ['number']", {"1,200"}),
        ("kinds = ['removed']", {"Pets"}),
        ("documents = 'news/**'", {"will begin"}),
        ("terms = ['ceasefire']", {"will begin"}),
        ("numbers = 'fell'", set()),
        ("direction = 'removals'", {"Pets"}),
        ("aspects = ['number']\nentries = 1", {"1,200"}),
    ],
)
def test_feed_has_what_its_keys_let_through(desk: Callable[..., Workspace], keys: str, words: set[str]) -> None:
    place = desk("", f"[feeds]\nfolder = 'feeds'\n{keys}\n")
    place.record_day(2, {"contracts/lease.md": RENT["contracts/lease.md"].replace("\nPets are allowed.\n", ""), **MAY})
    feed = re.sub("<[^>]*>|&[lg]t;|&amp;", "", place.monitor("feed").text)
    found = {"1,200": "1,200", "will begin": "ceasefire", "Pets": "Pets"}
    assert {one for one, sign in found.items() if sign in feed} == words


# --- what is kept -------------------------------------------------------------------------------


def test_reviews_of_the_version_before_get_the_new_table(desk: Callable[[str], Workspace], told: Told) -> None:
    place = desk("confirm = true")
    place.record_day(2, RENT)
    with Monitor(place.settings) as monitor, monitor.reviews.database.write_transaction() as transaction:
        transaction.execute("DROP TABLE notice_changes")
        transaction.execute("UPDATE review_marks SET value = '1' WHERE name = 'schema'")
    place.record_day(3, MAY)
    place.record()
    assert "{+will+} begin" in told.bodies
    assert (place.snapshots / "reviews.db.v1").exists()


def test_command_line_sends_through_a_real_service(
    desk: Callable[[str], Workspace], service: Callable[[], Service]
) -> None:
    chat = service()
    place = desk("")
    place.configure(f"[notify.desk]\nurl = '{chat.url}'\nconfirm = true\nnumbers = 'rose'\n")
    place.update(RENT | MAY)
    place.run(1)
    assert chat.taken == []
    place.run()
    assert [one["title"] for one in chat.taken] == ["contracts/lease.md: 1,000 euro → 1,200 euro"]


# --- web hooks that get the changes ---------------------------------------------------------------


def hooked(place: Workspace, url: str) -> Workspace:
    place.configure(f"[notify]\nlink = 'http://here:8321'\n[notify.desk]\nurl = '{url}'\nformat = 'json'\nlimit = 1\n")
    return place


def test_a_web_hook_gets_every_change_as_the_schema_says(
    recorded: Workspace, tmp_path: Path, service: Callable[[], Service]
) -> None:
    hook = service()
    place = hooked(recorded.copy(tmp_path), hook.url)
    place.record_day(2, {**RENT, **MAY})
    (taken,) = hook.taken
    records = [entry["change"] for entry in taken["entries"]]
    assert sorted(records, key=lambda one: one["document"]) == place.log()
    assert [list(Draft202012Validator(change_schema()).iter_errors(one)) for one in records] == [[], []]
    assert taken["title"] == "2 documents changed: contracts/lease.md, news/truce.md"
    assert all(entry["link"].startswith("http://here:8321/documents/") for entry in taken["entries"])


def test_a_web_hook_that_refuses_is_asked_again(
    recorded: Workspace, tmp_path: Path, service: Callable[[], Service]
) -> None:
    hook = service()
    hook.refuses = True
    place = hooked(recorded.copy(tmp_path), hook.url)
    assert "the service answered 503" in str(place.record_day(2, RENT).message)
    hook.refuses = False
    place.record_day(3, MAY)
    assert [entry["change"]["document"] for taken in hook.taken for entry in taken["entries"]] == [
        "contracts/lease.md",
        "news/truce.md",
    ]


@pytest.mark.parametrize("url", ["https://u:hunter2@example.org/x", "mailto://u:hunter2@example.org", "json://"])
def test_records_go_to_web_hooks_alone_and_no_secret_is_shown(recorded: Workspace, tmp_path: Path, url: str) -> None:
    shown = hooked(recorded.copy(tmp_path), url).record_day(2, RENT)
    assert 'format = "json" needs a json:// or jsons:// URL' in str(shown.message)
    assert "hunter2" not in str(shown.message)
