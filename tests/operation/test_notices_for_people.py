"""What people who are notified for years need, each through the command line and a service that takes the notices."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.reviews.conftest import Service, service
from tests.support.workspace import Workspace

__all__ = ["service"]  # a fixture

CLAUSES = [f"Clause {n} of the terms asks for {n * 10} days of notice." for n in range(1, 13)]
PAGE = "\n\n".join(["# Terms", *CLAUSES]) + "\n"
SHORTER = PAGE.replace("for 10 days", "for 5 days")
DATED = "# Policy\n\nLast updated: 1 May 2026\n\nThe fee is 30 euro.\n"


class Desk:
    """A watched folder, and one channel with a service behind it."""

    def __init__(self, root: Path, service: Service) -> None:
        self.place, self.service, self._days = Workspace(root), service, 0

    def configure(self, keys: str = "", also: str = "") -> None:
        self.place.configure(f"{also}\n[notify.desk]\nurl = '{self.service.url}'\n{keys}\n")

    def run(self, **documents: str | None) -> None:
        """A run, on a day of its own where documents are written."""
        self.place.update({f"{name}.md": text for name, text in documents.items()})
        self._days += bool(documents)
        self.place.run(self._days if documents else None, "--accept-deletions")

    @property
    def titles(self) -> list[str]:
        return [one["title"] for one in self.service.taken]

    @property
    def text(self) -> str:
        return "\n".join(one["message"] for one in self.service.taken)

    def let_pass(self, days: int) -> None:
        """Let what waits have waited so much longer."""
        with closing(sqlite3.connect(self.place.snapshots / "reviews.db")) as connection:
            connection.execute(
                "UPDATE notice_changes SET made_at ="
                f" strftime('%Y-%m-%dT%H:%M:%S.000000Z', substr(made_at, 1, 19), '-{days} days')"
            )
            connection.commit()


@pytest.fixture
def desk(tmp_path: Path, service: Callable[[], Service]) -> Desk:
    made = Desk(tmp_path, service())
    made.configure()
    made.run(terms=PAGE, policy=DATED)
    return made


def confirm_before_reporting(desk: Desk) -> None:
    desk.configure("confirm = true")
    desk.run(terms="403 Forbidden\n")
    desk.run(terms=SHORTER)
    desk.run()
    assert desk.titles == ["terms.md: 10 days → 5 days"]


def bad_capture_is_one_line(desk: Desk) -> None:
    desk.run(terms="403 Forbidden\n")
    assert len(desk.titles) == 1
    assert desk.text.count("terms.md:") == 1
    assert len(desk.place.monitor("review", "list", "--format", "jsonl").jsonl()) == 1


def filters_of_a_channel(desk: Desk) -> None:
    desk.configure("kinds = ['revised']\naspects = ['number']\ndocuments = ['policy.md']\nterms = ['fee']")
    desk.run(terms=SHORTER)
    assert desk.titles == []
    desk.run(policy=DATED.replace("30 euro", "40 euro"))
    assert desk.titles == ["policy.md: 30 euro → 40 euro"]


def direction_and_size_of_a_number(desk: Desk) -> None:
    desk.configure("numbers = 'rose'\nnumber_change = '20 %'")
    desk.run(policy=DATED.replace("30 euro", "33 euro"), terms=SHORTER)
    assert desk.titles == []
    desk.run(policy=DATED.replace("30 euro", "66 euro"))
    assert "up 100 %" in desk.text


def mute_a_document_for_a_time(desk: Desk) -> None:
    desk.configure(also="[notify.mute]\n'policy.md' = 2999-12-31")
    desk.run(policy=DATED.replace("30 euro", "40 euro"))
    assert desk.titles == []
    assert "policy.md" in desk.place.monitor("review", "list").text
    desk.configure(also="[notify.mute]\n'policy.md' = 2001-12-31")
    desk.run(policy=DATED.replace("30 euro", "50 euro"))
    assert len(desk.titles) == 1


def mute_a_rule_until_a_date(desk: Desk) -> None:
    desk.configure(also="[rules.fees]\npattern = 'The fee*'\nuntil = 2026-01-03")
    desk.run(policy=DATED.replace("30 euro", "40 euro"))
    assert desk.titles == []
    desk.run(policy=DATED.replace("30 euro", "50 euro"))
    assert len(desk.titles) == 1


def digest_by_document_with_links(desk: Desk) -> None:
    desk.configure("every = '100 days at 08:00'", "[notify]\nlink = 'http://desk.example'")
    desk.run(terms=SHORTER)
    desk.run(policy=DATED.replace("30 euro", "40 euro"))
    assert desk.titles == []
    desk.let_pass(101)
    desk.run()
    assert desk.titles == ["2 documents changed: policy.md, terms.md"]
    assert desk.text.count("http://desk.example/documents/") == 2


def all_quiet_on_request(desk: Desk) -> None:
    desk.configure("every = '100 days at 08:00'\nempty = true")
    desk.run()
    desk.let_pass(101)
    desk.run()
    assert [title.partition(" since")[0] for title in desk.titles] == ["No changes"]


def flapping_is_sent_three_times_at_most(desk: Desk) -> None:
    without = PAGE.replace("\n\nClause 3 of the terms asks for 30 days of notice.", "")
    for _ in range(4):
        desk.run(terms=without)
        desk.run(terms=PAGE)
    assert len(desk.titles) == 3


def silent_against_announced(desk: Desk) -> None:
    desk.run(policy=DATED.replace("30 euro", "40 euro"))
    assert "not announced" in desk.text
    desk.run(policy=DATED.replace("30 euro", "50 euro").replace("1 May", "2 May"))
    assert desk.service.taken[-1]["message"].count("not announced") == 0


def feeds_have_the_same_filters(desk: Desk) -> None:
    desk.configure(also="[feeds]\nfolder = 'feeds'\ndocuments = ['policy.md']")
    desk.run(terms=SHORTER, policy=DATED.replace("30 euro", "40 euro"))
    feed = (desk.place.root / "feeds/all.atom").read_text()
    assert ("policy.md" in feed, "terms.md" in feed) == (True, False)


def quiet_and_noisy_documents(desk: Desk) -> None:
    for day in range(21):
        desk.run(policy=DATED.replace("30 euro", f"{31 + day} euro"))
    desk.service.taken.clear()
    desk.configure("quiet = true\nnoisy = true")
    desk.run()
    assert "policy.md: no change for" in desk.text
    assert "policy.md: changed at 21 of the last 22 runs" in desk.text
    assert "noisy" in desk.place.monitor("status").text


ROWS: list[tuple[str, Callable[[Desk], None]]] = [
    ("confirm before reporting", confirm_before_reporting),
    ("bad captures", bad_capture_is_one_line),
    ("filters of a channel", filters_of_a_channel),
    ("direction and size of a number", direction_and_size_of_a_number),
    ("mute a document", mute_a_document_for_a_time),
    ("mute by a rule", mute_a_rule_until_a_date),
    ("filters of feeds", feeds_have_the_same_filters),
    ("digest", digest_by_document_with_links),
    ("all quiet", all_quiet_on_request),
    ("flapping", flapping_is_sent_three_times_at_most),
    ("silent against announced", silent_against_announced),
    ("quiet and noisy documents", quiet_and_noisy_documents),
]


@pytest.mark.parametrize(("row", "shown"), ROWS, ids=[row for row, _ in ROWS])
def test_what_people_need_of_notices(row: str, shown: Callable[[Desk], None], desk: Desk) -> None:
    shown(desk)
