"""Notices after a run: who is told what, once; a channel that fails neither loses a notice nor delays another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.app.import_history import import_history
from monitor.app.maintenance import rebuild
from monitor.app.monitor import Monitor
from monitor.app.notify import deliver
from monitor.reviews.outbox import MOST_ATTEMPTS, Notice, Outbox
from tests.reviews.conftest import SECRET, Service
from tests.reviews.queue_entries import NOW, listed
from tests.support.workspace import Workspace

STATES = "SELECT channel, state FROM notices ORDER BY channel"


def channels(place: Workspace, **urls: str) -> None:
    place.configure("".join(f"[notify.{name}]\nurl = '{url}'\n" for name, url in urls.items()))


NEXT = {"pier.md": "# Pier\n\nIt will not cover 45 divers.\n\nLast updated: 2 May.\n"}


# --- what is told -------------------------------------------------------------------------------


def test_a_run_sends_one_message_with_the_most_important_first(
    story: Workspace, service: Callable[[], Service]
) -> None:
    chat = service()
    story.configure(f"[notify]\nlink = 'http://127.0.0.1:8321'\n[notify.chat]\nurl = '{chat.url}'\n")
    story.record_day(5, {**NEXT, "quay.md": "# Quay\n\nClosed.\n"})
    (told,) = chat.taken
    assert told["title"] == "2 documents changed: quay.md, pier.md"
    lines = told["message"].splitlines()
    assert lines[0].startswith("quay.md: New document")
    assert "  It will {+not +}cover 45 divers." in lines
    assert lines[-1] == "To review them: http://127.0.0.1:8321"


def test_mail_is_html_with_headings_marks_and_links(story: Workspace) -> None:
    story.configure("[notify]\nlink = 'http://127.0.0.1:8321'\n[notify.desk]\nurl = 'mailto://u:p@127.0.0.1:9'\n")
    story.record_day(5, NEXT)
    with Monitor(story.settings) as monitor:
        (notice,) = Outbox(monitor.reviews.database).in_state("due")
    page = LexborHTMLParser(notice.body)
    assert [one.text() for one in page.css("h2")] == ["pier.md"]
    assert [one.text() for one in page.css("ins")] == ["{+not +}"]
    assert "/compare?" in str(page.css("a")[0].attributes["href"])


def test_equal_changes_are_notified_once(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    channels(story, chat=chat.url)
    port = "# Port\n\n## Rules\n\nIt will not cover 45 divers.\n"
    story.record_day(5, {**NEXT, "port.md": port})
    assert chat.taken[0]["message"].count("{+not +}") == 1
    assert "2 identical edits" in chat.taken[0]["message"]


def test_no_more_than_the_limit_and_how_many_more(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    story.configure(f"[notify.chat]\nurl = '{chat.url}'\nlimit = 1\n")
    story.record_day(5, {**NEXT, "quay.md": "Closed.\n"})
    assert "and 1 more" in chat.taken[0]["message"]


@pytest.mark.parametrize(
    ("threshold", "is_told"),
    [
        ("", True),
        ("score = 5", True),
        ("score = 500", False),
        ("significance = 'editorial'", True),
        ("significance = 'substantive'", True),
    ],
)
def test_a_channel_has_thresholds(
    story: Workspace, service: Callable[[], Service], threshold: str, is_told: bool
) -> None:
    chat = service()
    story.configure(f"[notify.chat]\nurl = '{chat.url}'\n{threshold}\n")
    story.record_day(5, NEXT)
    assert bool(chat.taken) is is_told


@pytest.mark.parametrize(("significance", "is_told"), [("editorial", True), ("substantive", False)])
def test_editorial_changes_are_sent_only_on_request(
    story: Workspace, service: Callable[[], Service], significance: str, is_told: bool
) -> None:
    chat = service()
    story.configure(f"[notify.chat]\nurl = '{chat.url}'\nsignificance = '{significance}'\n")
    story.record_day(5, {"truce.md": "# Truce\n\nA ceasefire begins. It is colour coded.\n"})
    assert bool(chat.taken) is is_told


def test_hidden_changes_are_not_sent(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    story.configure(f"[notify.chat]\nurl = '{chat.url}'\n[rules.divers]\npattern = '*divers*'\n")
    story.record_day(5, NEXT)
    assert chat.taken == []


def test_hostile_text_is_shown_without_mentions(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    channels(story, chat=chat.url)
    story.record_day(5, {"quay.txt": "old\n"})
    story.record_day(6, {"quay.txt": "new \x1b[31m\u202e @everyone mail@example.org\n"})
    message = chat.taken[-1]["message"]
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert "@everyone" not in message
    assert "mail@example.org" in message


# --- what is not --------------------------------------------------------------------------------


def test_first_snapshot_is_not_reported_as_changes(place: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    channels(place, chat=chat.url)
    place.record_day(1, {"pier.md": "It may.\n"})
    assert chat.taken == []


def test_a_rebuild_sends_nothing(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    channels(story, chat=chat.url)
    rebuild(story.settings)
    story.record()
    assert chat.taken == []


def test_refold_after_an_upgrade_or_a_loss_sends_nothing(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    channels(story, chat=chat.url)
    for path in story.root.glob("snapshots/ledger.db*"):
        path.unlink()
    story.record()
    assert chat.taken == []


def test_import_and_the_run_after_it_send_nothing(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    channels(story, chat=chat.url)
    for day in ("2025-01-01", "2025-02-01"):
        (story.root / "old" / day).mkdir(parents=True)
        (story.root / "old" / day / "lease.md").write_text(f"It ends after {day}.\n")
    import_history(story.settings, story.root / "old")
    story.record()
    with Monitor(story.settings) as monitor:
        assert "It ends after 2025-02-01." in listed(monitor)
    assert chat.taken == []


def test_new_channel_gets_only_later_changes(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    channels(story, chat=chat.url)
    story.record()
    story.record_day(5, NEXT)
    assert len(chat.taken) == 1


# --- once, and in spite of failures -------------------------------------------------------------


def test_failed_notice_is_retried_by_the_next_run_only(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    chat.refuses = True
    channels(story, chat=chat.url)
    assert "sent again" in str(story.record_day(5, NEXT).message)
    chat.refuses = False
    story.record()
    story.record()
    assert len(chat.taken) == 1


def test_failing_channel_does_not_affect_other_channels(story: Workspace, service: Callable[[], Service]) -> None:
    good, bad = service(), service()
    bad.refuses = True
    channels(story, bad=bad.url, good=good.url)
    story.record_day(5, NEXT)
    story.record()
    assert len(good.taken) == 1
    assert story.select(STATES) == [("bad", "due"), ("good", "sent")]


def test_run_is_recorded_even_if_notices_fail(story: Workspace) -> None:
    channels(story, nonsense="nonsense://x", dead="json://127.0.0.1:9")
    run = story.record_day(5, NEXT)
    assert run.outcome == "recorded"
    assert "nonsense" in str(run.message)


def test_a_channel_that_does_not_answer_delays_no_other(story: Workspace) -> None:
    answered, never = threading.Event(), threading.Event()
    told: list[str] = []

    def send(url: str, title: str, body: str) -> str | None:
        if "slow" in url:
            never.wait(600)
        else:
            told.append(url)
            answered.set()
        return None

    channels(story, slow="json://slow", quick="json://quick")
    due(story, "slow", "quick")
    problems = deliver(story.settings, send, patience=2)
    assert answered.is_set()
    assert told == ["json://quick"]
    assert problems == ["notices: slow gave no answer within 2 seconds"]
    assert story.select(STATES) == [("quick", "sent"), ("slow", "uncertain")]
    never.set()


def test_notice_of_uncertain_delivery_is_not_sent_again(story: Workspace) -> None:
    channels(story, chat="json://chat")
    (notice,) = due(story, "chat")
    with Monitor(story.settings) as monitor:
        Outbox(monitor.reviews.database).claim(notice, NOW)  # and here the process ends
    told: list[str] = []
    deliver(story.settings, lambda url, _title, _body: told.append(url))
    assert told == []
    assert story.select(STATES) == [("chat", "uncertain")]


def test_a_notice_is_claimed_by_one_sender_alone(story: Workspace) -> None:
    (notice,) = due(story, "chat")
    with Monitor(story.settings) as monitor:
        outbox = Outbox(monitor.reviews.database)
        assert [outbox.claim(notice, NOW), outbox.claim(notice, NOW)] == [True, False]


def test_snapshot_is_not_sent_twice_to_a_channel(story: Workspace) -> None:
    due(story, "chat")
    with Monitor(story.settings) as monitor:
        again = Notice("chat", "snapshot", NOW + timedelta(days=1), "other", "other")
        assert Outbox(monitor.reviews.database).add([again]) == 0


def test_channel_that_always_fails_is_given_up(story: Workspace) -> None:
    channels(story, chat="json://chat")
    due(story, "chat")
    for _ in range(MOST_ATTEMPTS + 1):
        deliver(story.settings, lambda *_: "no")
    assert story.select("SELECT state, attempts FROM notices") == [("dropped", MOST_ATTEMPTS)]
    assert not (story.root / "snapshots/notices.due").exists()


def test_notices_of_a_removed_channel_are_dropped(story: Workspace) -> None:
    due(story, "chat")
    deliver(story.settings, lambda *_: "never called")
    assert story.select(STATES) == [("chat", "dropped")]


def due(story: Workspace, *names: str) -> list[Notice]:
    """Notices that a run left to be sent."""
    notices = [Notice(name, "snapshot", NOW, "title", "body") for name in names]
    (story.root / "snapshots/notices.due").touch()
    with Monitor(story.settings) as monitor:
        Outbox(monitor.reviews.database).add(notices)
    return notices


# --- secrets ------------------------------------------------------------------------------------


def test_no_secret_is_written_anywhere(
    story: Workspace,
    service: Callable[[], Service],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    good, bad = service(), service()
    bad.refuses = True
    channels(story, good=good.url, bad=bad.url, odd=f"nonsense://{SECRET}", dead=f"json://u:{SECRET}@127.0.0.1:9")
    message = story.record_day(5, NEXT).message
    written = b"".join(path.read_bytes() for path in (story.root / "snapshots").rglob("*") if path.is_file())
    assert SECRET.encode() not in written
    seen = capfd.readouterr()
    for said in (str(message), caplog.text, seen.out, seen.err, repr(story.settings)):
        assert SECRET not in said


def test_url_can_be_read_from_a_file(story: Workspace, service: Callable[[], Service]) -> None:
    chat = service()
    (story.root / "secret").write_text(f"{chat.url}\n")
    story.configure("[notify.chat]\nurl_file = 'secret'\n")
    story.record_day(5, NEXT)
    assert len(chat.taken) == 1


def test_secret_from_a_file_is_not_in_error_messages(
    story: Workspace, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    (story.root / "secret").write_text(f"json://u:{SECRET}@127.0.0.1:9\n")
    story.configure("[notify.chat]\nurl_file = 'secret'\n")
    message = str(story.record_day(5, NEXT).message)
    seen = capfd.readouterr()
    assert "chat: the service refused it" in message
    assert not [said for said in (message, caplog.text, seen.out, seen.err) if SECRET in said]


def test_missing_url_file_is_reported_and_retried(story: Workspace) -> None:
    story.configure("[notify.chat]\nurl_file = 'secret'\n")
    assert "url_file cannot be read" in str(story.record_day(5, NEXT).message)
    assert story.select(STATES) == [("chat", "due")]
