"""Documents that have gone quiet, and those that change at nearly every run: status, the page, and notices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import notify
from monitor.core.review.rhythm import DocumentTimes, noisy_documents, quiet_documents
from tests.support.workspace import Workspace
from tests.web.server import serving

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def document(*days_ago: float, changed: int = 0) -> DocumentTimes:
    return DocumentTimes("id", "a.md", tuple(NOW - one * DAY for one in days_ago), changed)


@pytest.mark.parametrize(
    ("days_ago", "is_quiet"),
    [
        ((16, 15, 14, 13, 12, 11), True),
        ((10, 9, 8, 7, 6, 5.1), True),
        ((9, 8, 7, 6, 5, 4), False),
        ((14, 13, 12, 11), False),  # too few changes to have an interval
        ((40, 33, 26, 19, 12, 5), False),
        ((100, 93, 86, 79, 72, 65), True),
        ((21, 20, 19, 18, 17, 14, 13, 12, 11, 10, 5.1), False),  # three days of rest are usual
        ((50, 50, 50, 50, 50, 50), False),  # all at once
        ((), False),
    ],
)
def test_when_a_document_is_quiet(days_ago: tuple[float, ...], is_quiet: bool) -> None:
    assert bool(quiet_documents([document(*days_ago)], NOW, times=5)) is is_quiet


@pytest.mark.parametrize(
    ("changed", "looks", "is_noisy"), [(40, 50, True), (39, 50, False), (19, 19, False), (16, 20, True), (0, 50, False)]
)
def test_when_a_document_is_noisy(changed: int, looks: int, is_noisy: bool) -> None:
    assert bool(noisy_documents([document(changed=changed)], looks, share=0.8)) is is_noisy


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A page with a counter that changes each day, and one that changed each day until long ago."""
    place = Workspace(tmp_path_factory.mktemp("rhythm"))
    for day in range(1, 22):
        news = f"# News\n\nStory {min(day, 8)} of the week.\n"
        place.record_day(day, {"counter.md": f"# Visits\n\nYou are visitor {day}.\n", "news.md": news})
    return place


@pytest.fixture
def place(recorded: Workspace, tmp_path: Path) -> Workspace:
    return recorded.copy(tmp_path)


def test_status_names_both(place: Workspace) -> None:
    lines = place.monitor("status").text.splitlines()
    assert [line.split()[:2] for line in lines if "news.md: no change for" in line] == [["quiet", "news.md:"]]
    assert any("counter.md: changed at 20 of the last 21 runs" in line for line in lines)
    found = place.monitor("status", "--format", "json").json()
    assert "news.md" in [one["document"] for one in found["quiet"]]
    assert [(one["document"], one["changed"], one["runs"]) for one in found["noisy"]] == [("counter.md", 20, 21)]


def test_thresholds_are_configured(place: Workspace) -> None:
    place.configure("[review]\nquiet_after = 100000\nnoisy_from = '100 %'\n")
    found = place.monitor("status", "--format", "json").json()
    assert (found["quiet"], found["noisy"]) == ([], [])


def test_page_of_runs_names_both(place: Workspace) -> None:
    with serving(place.root) as served:
        page = served.get("/runs").text
    assert "<dt>Quiet</dt>" in page
    assert "changed at 20 of the last 21 runs; an ignore rule may help" in page


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    sender: Callable[[str, str, str], None] = lambda _url, title, body: found.append((title, body))  # noqa: E731
    monkeypatch.setattr(notify, "apprise_sender", lambda: sender)
    return found


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("quiet = true", ["news.md: no change for"]),
        ("noisy = true", ["counter.md: changed at"]),
        ("quiet = true\nnoisy = true", ["news.md: no change for", "counter.md: changed at"]),
        ("", []),
    ],
)
def test_notice_is_sent_once_on_request(
    place: Workspace, sent: list[tuple[str, str]], keys: str, words: list[str]
) -> None:
    place.configure(f"[notify.desk]\nurl = 'json://desk'\n{keys}\n")
    place.record()
    place.record()
    assert len(sent) == (1 if words else 0)
    assert all(one in sent[0][1] for one in words)


def test_muted_document_is_not_called_unusual(place: Workspace, sent: list[tuple[str, str]]) -> None:
    place.configure("[notify.mute]\n'*.md' = 2999-01-01\n[notify.desk]\nurl = 'json://desk'\nquiet = true\n")
    place.record()
    assert sent == []
