"""Health and metrics: `/healthz`, `/metrics`, `status --format prometheus` and the limits of `status --check`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from monitor.app import status
from monitor.app.metrics import Metric, _exposition
from monitor.model import Failure, Run
from tests.support.paths import PROJECT
from tests.support.workspace import Workspace
from tests.web.server import Served, serving

TOKEN = "a-token-of-a-test-0123456789"
SECRET = "ceasefire-terms"  # in names and texts, and to be found in no answer to a probe
Values = Mapping[str, float]


def values(text: str) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus reads them."""
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    assert all(family.documentation and family.type == "gauge" for family in families)
    samples = [sample for family in families for sample in family.samples]
    found = {f"{one.name}{json.dumps(one.labels, sort_keys=True) if one.labels else ''}": one.value for one in samples}
    assert len(found) == len(samples)
    return found


def measured(place: Workspace, status: int = 0) -> dict[str, float]:
    return values(place.monitor("status", "--format", "prometheus", status=status).text)


def ran(ago: timedelta, outcome: str = "recorded", **more: object) -> Run:
    at = datetime.now(UTC) - ago
    return Run(at, at + timedelta(seconds=3), outcome, taken_at=at, **more)  # type: ignore[arg-type]


def add_run(place: Workspace, run: Run) -> None:
    status.append(place.snapshots / "runs.jsonl", run)


@pytest.fixture
def recorded(place: Workspace) -> Workspace:
    """Two documents, one of which nobody can read, in two snapshots of now."""
    place.write(f"{SECRET}.txt", "The vote is in 30 days.\n")
    place.write("broken.docx", b"PK no archive")
    place.monitor("run", "--settle", "0", status=3)
    place.write(f"{SECRET}.txt", "The vote is in 45 days.\n")
    place.monitor("run", "--settle", "0", status=3)
    return place


# --- metrics


def test_metrics_count_what_the_store_holds(recorded: Workspace) -> None:
    found = measured(recorded)
    expected = {
        "monitor_overdue": 0,
        "monitor_store_readable": 1,
        "monitor_snapshots": 2,
        "monitor_snapshots_behind": 0,
        "monitor_documents": 2,
        "monitor_documents_failed": 1,
        "monitor_last_run_failures": 1,
        "monitor_statements": 1,
        "monitor_changes": 1,
        "monitor_queue_entries": 2,  # the document that cannot be read is one
        "monitor_notices_waiting": 0,
        'monitor_journal_runs{"outcome": "recorded"}': 2,
        'monitor_journal_runs{"outcome": "failed"}': 0,
        f'monitor_folder_held{{"folder": "{recorded.seeds}"}}': 0,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["monitor_last_run_duration_seconds"] > 0
    assert found["monitor_last_good_run_timestamp_seconds"] == found["monitor_last_run_timestamp_seconds"] > 1.7e9
    assert all(found[f'monitor_store_bytes{{"part": "{part}"}}'] > 0 for part in ("history", "ledger", "journal"))


def test_every_name_begins_with_monitor(recorded: Workspace) -> None:
    assert all(re.match(r"monitor_[a-z_]+$", name.partition("{")[0]) for name in measured(recorded))


def test_a_store_that_was_never_used_has_metrics_and_is_not_made(place: Workspace) -> None:
    found = measured(place)
    assert found["monitor_overdue"] == 1
    assert found["monitor_last_good_run_timestamp_seconds"] == 0
    assert "monitor_documents" not in found
    assert not place.snapshots.exists()


def test_a_damaged_ledger_leaves_the_metrics_of_runs(recorded: Workspace) -> None:
    (recorded.snapshots / "ledger.db").write_bytes(b"no database" * 1_000)
    found = measured(recorded, status=4)
    assert found["monitor_store_readable"] == 0
    assert found['monitor_journal_runs{"outcome": "recorded"}'] == 2
    assert "monitor_documents" not in found


@pytest.mark.parametrize(("outcome", "overdue"), [("recorded", 0), ("unchanged", 0), ("failed", 1), ("held", 1)])
def test_outcomes_of_the_journal_are_counted(place: Workspace, outcome: str, overdue: int) -> None:
    add_run(place, ran(timedelta(minutes=1), outcome, message='she wrote "outcome":"held","outcome":"recorded"'))
    found = measured(place)
    counted = {name: value for name, value in found.items() if name.startswith("monitor_journal_runs") and value}
    assert counted == {f'monitor_journal_runs{{"outcome": "{outcome}"}}': 1}
    assert found["monitor_overdue"] == overdue


def test_each_of_several_folders_says_whether_it_is_held(place: Workspace) -> None:
    place.configure('[watch.news]\nfolder = "news"\n[watch.law]\nfolder = "law"\n')
    add_run(place, ran(timedelta(minutes=1), held=(Failure("news", "it is missing"),)))
    found = measured(place)
    assert found['monitor_folder_held{"folder": "news"}'] == 1
    assert found['monitor_folder_held{"folder": "law"}'] == 0


def test_the_page_of_metrics_lists_them_all(recorded: Workspace) -> None:
    page = (PROJECT / "docs/deployment.md").read_text(encoding="utf-8")
    listed = re.findall(r"`(monitor_\w+)", page.partition("| metric | says |")[2].partition("\n\n")[0])
    text = recorded.monitor("status", "--format", "prometheus").text
    assert sorted(listed) == sorted(re.findall(r"# TYPE (\w+)", text))


HOSTILE = [
    'a "b" c',
    "a\\b",
    "a\\",
    'a\\"',
    "a\nb",
    "a\r\nmonitor_fake 1",
    "a\u2028b",
    "a\x85b",
    "\udcff",
    "{}=,",
    "\x1b[2J",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_is_one_sample(text: str) -> None:
    shown = _exposition(Metric("x", "Of a test.", [({"folder": text, "state": "due"}, 1), ({"folder": "b"}, 2)]))
    assert len(shown.splitlines()) == 4
    assert shown.isprintable() or "\n" in shown
    (family,) = text_string_to_metric_families(shown)
    assert [(one.name, one.labels.get("state"), one.value) for one in family.samples] == [
        ("monitor_x", "due", 1),
        ("monitor_x", None, 2),
    ]


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_prometheus_reads_a_label_back_as_it_was(text: str) -> None:
    (family,) = text_string_to_metric_families(_exposition(Metric("x", "Of a test.", [({"folder": text}, 1)])))
    assert family.samples[0].labels == {"folder": text}


def test_a_folder_of_a_hostile_name_is_measured(place: Workspace) -> None:
    place.configure("[watch]\nfolder = 'a\\b \"c\" {d}'\n")
    assert any("folder_held" in name for name in measured(place))


# --- over HTTP


def probe(served: Served, path: str, **headers: str) -> tuple[int, str]:
    answer = served.get(path, **headers)
    return answer.status, answer.text


def test_a_probe_learns_without_a_token_that_runs_go_well(recorded: Workspace) -> None:
    with serving(recorded.root, token=TOKEN) as served:
        answer = served.get("/healthz")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["overdue"] is False
    assert answer.json()["last_good_run"]["outcome"] == "recorded"
    assert SECRET not in answer.text
    assert "broken" not in answer.text


@pytest.mark.parametrize("run", [ran(timedelta(days=2)), ran(timedelta(minutes=1), "held", message=SECRET)])
def test_a_probe_learns_that_no_run_went_well_for_too_long(place: Workspace, run: Run) -> None:
    add_run(place, run)
    with serving(place.root, token=TOKEN) as served:
        answer = served.get("/healthz")
    told = place.monitor("status", "--check", "--format", "json", status=7).json()
    assert answer.status == 503
    assert {name: answer.json()[name] for name in ("overdue", "why", "due")} == {
        name: told[name] for name in ("overdue", "why", "due")
    }
    assert SECRET not in answer.text


def test_health_is_told_where_the_ledger_is_damaged(recorded: Workspace) -> None:
    (recorded.snapshots / "ledger.db").write_bytes(b"no database" * 1_000)
    with serving(recorded.root) as served:
        assert probe(served, "/healthz")[0] == 200
        assert values(probe(served, "/metrics")[1])["monitor_store_readable"] == 0


@pytest.mark.parametrize("path", ["/healthz/", "/healthz/x", "//healthz", "/HEALTHZ", "/metrics", "/queue"])
def test_nothing_else_is_answered_without_a_token(recorded: Workspace, path: str) -> None:
    with serving(recorded.root, token=TOKEN) as served:
        assert probe(served, path)[0] == 401


def test_health_takes_nothing_and_keeps_the_names_of_the_page(recorded: Workspace) -> None:
    with serving(recorded.root, token=TOKEN) as served:
        assert served.post("/healthz", []).status == 401
        assert probe(served, "/healthz", Host="rebound.example")[0] == 421


def test_metrics_need_the_token_and_equal_those_of_the_command(recorded: Workspace) -> None:
    with serving(recorded.root, token=TOKEN, read_token="another-token-of-a-test") as served:
        assert probe(served, "/metrics")[0] == 401
        recorded.monitor("status", "--format", "prometheus")  # fills the queue, whose size is measured
        answer = served.get("/metrics", Authorization="Bearer another-token-of-a-test")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    own = {name: value for name, value in values(answer.text).items() if not name.startswith("monitor_store_bytes")}
    assert own == {name: value for name, value in measured(recorded).items() if name in own}
    assert SECRET not in answer.text


# --- limits of `status --check`


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (("--max-age", "1 d"), 0),
        (("--max-age", "1 h"), 7),
        (("--max-queue", "2"), 0),
        (("--max-queue", "1"), 7),
        (("--max-age", "1 d", "--max-queue", "0"), 7),
    ],
)
def test_a_probe_may_have_limits_of_its_own(recorded: Workspace, limit: tuple[str, ...], expected: int) -> None:
    (recorded.snapshots / "runs.jsonl").unlink()
    for run in (ran(timedelta(hours=3)), ran(timedelta(seconds=5), "unchanged")):
        add_run(recorded, run)
    told = recorded.monitor("status", "--check", *limit, status=expected)
    assert len(told.lines) == 1
    reasons = recorded.monitor("status", "--check", *limit, "--format", "json", status=expected).json()["exceeded"]
    assert bool(reasons) is bool(expected)


@pytest.mark.parametrize(
    "words",
    [
        ("--max-age", "1 d"),
        ("--check", "--format", "prometheus"),
        ("--check", "--max-age", "x"),
        ("--check", "--grace", "9000y"),
    ],
)
def test_limits_that_mean_nothing_are_refused(recorded: Workspace, words: tuple[str, ...]) -> None:
    assert len(recorded.monitor("status", *words, status=2).message.splitlines()) == 1


def test_a_probe_says_what_to_do(place: Workspace) -> None:
    add_run(place, ran(timedelta(days=2)))
    assert "`monitor run`" in place.monitor("status", "--check", status=7).text
