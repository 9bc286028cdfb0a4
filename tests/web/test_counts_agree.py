"""A law: the log, the report in each format, the overview, the queue and the API count the same changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from urllib.parse import urlencode

import pytest

from tests.support.workspace import Workspace
from tests.web.server import Served, serving

DAYS = 8
FORMATS = ("text", "markdown", "html")
NAMES = ("one.md", "two.md", "three.txt", "four.txt")
WORDS = ("harbour", "treaty", "grain", "divers", "convoy", "winter", "border", "minister", "vote", "ferry", "bridge")
CONFIGURATION = '[rules.ferry]\npattern = "*ferry*"\n[rules.grain]\npattern = "*grain*"\naction = "lower"\n'
CASES = range(12)


def sentence(random: Random) -> str:
    return f"The {' '.join(random.choices(WORDS, k=7))} may cover {random.randrange(90)} days."


def edited(random: Random, texts: dict[str, list[str]]) -> None:
    """One random edit of a statement or a document, within and across documents."""
    name, act = random.choice(NAMES), random.randrange(7)
    text = texts.setdefault(name, [sentence(random) for _ in range(4)])
    at = random.randrange(len(text))
    if act == 0:
        text.insert(at, sentence(random))
    elif act == 1 and len(text) > 2:
        moved = text.pop(at)
        texts.setdefault(random.choice(NAMES), []).insert(0, moved)
    elif act == 2:
        text[at] = text[at].replace(" may ", random.choice([" will ", "  may ", " must "]))
    elif act == 3:
        text[at] = text[at].upper() if random.random() < 0.5 else text[at].replace(".", " ;")
    elif act == 4 and len(texts) > 2:
        del texts[name]
    elif act == 5 and len(text) > 2:
        text.append(text.pop(at))
    elif act == 6:
        text[0] = f"---\ntopics: {random.choice(WORDS)}\n---\n\n{sentence(random)}" if name == "one.md" else text[0]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    random = Random(23)
    place = Workspace(tmp_path_factory.mktemp("counts"))
    place.configure(CONFIGURATION)
    texts = {name: [sentence(random) for _ in range(6)] for name in NAMES}
    recorded: set[str] = set()
    for number in range(1, DAYS + 1):
        contents = {name: "\n\n".join(text) + "\n" for name, text in texts.items()}
        place.record_day(number, {**dict.fromkeys(recorded - set(texts)), **contents})
        recorded = set(texts)
        for _ in range(5):
            edited(random, texts)
    return place


@pytest.fixture(scope="module")
def page(place: Workspace) -> Iterator[Served]:
    with serving(place.root) as served:
        yield served


def filters(case: int) -> dict[str, list[str]]:
    """A period and filters at random, by the names of the options; the first has none of either."""
    random = Random(case)
    first, last = sorted(random.sample(range(1, DAYS + 1), 2))
    chosen = {
        "since": [f"2026-01-0{first}"],
        "until": [f"2026-01-0{last}"],
        "significance": [random.choice(["substantive", "editorial"])],
        "kind": random.sample(["added", "removed", "revised", "moved", "restored"], 2),
        "aspect": random.sample(["number", "modality", "wording", "typography", "spelling"], 2),
    }
    return {name: chosen[name] for name in chosen if case and random.random() < 0.5}


def options(wanted: dict[str, list[str]]) -> list[str]:
    return [word for name, values in wanted.items() for value in values for word in (f"--{name}", value)]


def logged(place: Workspace, wanted: dict[str, list[str]]) -> tuple[int, int]:
    counts = Counter(change["significance"] for change in place.log(*options(wanted)))
    return counts["substantive"], counts["editorial"]


def printed(text: str) -> tuple[int, int]:
    """What a text says first of each significance."""
    plain = re.sub("<[^>]*>", "", text)
    found = [re.search(rf"(\d[\d,]*) {word}", plain) for word in ("substantive", "editorial")]
    substantive, editorial = (int(one[1].replace(",", "")) for one in found if one)
    return substantive, editorial


def address(path: str, wanted: dict[str, list[str]], **more: str) -> str:
    return f"{path}?{urlencode({**wanted, **more}, doseq=True)}"


@pytest.mark.parametrize("case", CASES)
def test_log_and_report_count_the_same(place: Workspace, case: int) -> None:
    wanted = filters(case)
    counts = logged(place, wanted)
    totals = place.monitor("report", *options(wanted), "--format", "json").json()["totals"]
    assert (totals["substantive"], totals["editorial"], totals["changes"]) == (*counts, sum(counts))
    texts = [place.monitor("report", *options(wanted), "--format", form).text for form in FORMATS]
    assert [printed(text.partition("<body")[2] or text) for text in texts] == [counts] * len(FORMATS)


@pytest.mark.parametrize("case", CASES)
def test_log_queue_and_api_count_the_same(place: Workspace, page: Served, case: int) -> None:
    wanted = filters(case)
    counts = logged(place, wanted)
    changes = page.get(address("/api/changes", wanted, limit="200")).json()
    assert (len(changes["changes"]), changes["next"]) == (sum(counts), None)
    queue = page.get(address("/api/queue", wanted, verdict="any")).json()["counts"]
    assert sum(queue["verdicts"].values()) + queue["folded"] == sum(counts)


@pytest.mark.parametrize("case", CASES)
def test_log_and_overview_count_the_same(place: Workspace, page: Served, case: int) -> None:
    period = {name: values for name, values in filters(case).items() if name in ("since", "until")}
    counts = logged(place, period)
    days = page.get(address("/api/overview", period)).json()["days"]
    assert tuple(sum(day[word] for day in days) for word in ("substantive", "editorial")) == counts
    assert printed(page.get(address("/overview", period)).text) == counts


@pytest.mark.parametrize("case", CASES)
def test_sections_of_a_report_add_up_to_its_total(place: Workspace, case: int) -> None:
    wanted = filters(case)
    text = place.monitor("report", *options(wanted), "--format", "markdown").text
    headed = re.findall(r"^([\d,]+) (substantive|editorial)(?:, ([\d,]+) editorial)?", text, re.MULTILINE)
    counts: Counter[str] = Counter()
    for count, word, editorial in headed:
        counts[word] += int(count)
        counts["editorial"] += int(editorial or 0)
    assert (counts["substantive"], counts["editorial"]) == logged(place, wanted)


def test_the_story_has_changes_of_every_sort(place: Workspace) -> None:
    changes = place.log()
    assert {"document", "statement"} == {change["level"] for change in changes}
    assert {"added", "removed", "revised", "moved", "restored"} <= {change["kind"] for change in changes}
    assert any(change["significance"] == "editorial" for change in changes)
