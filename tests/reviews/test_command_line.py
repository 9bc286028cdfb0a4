"""`monitor review`, `rules` and `feed` on the command line, and reviewing by keys."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

import click
import pytest

from monitor.app import review as app_review
from monitor.app.monitor import Monitor
from monitor.cli import review, rules
from monitor.cli.console import Page
from monitor.cli.review_console import KeyReview
from tests.reviews.queue_entries import entry_of, listed
from tests.support import driver
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]
Command = Callable[..., str]

DIVERS = "It will cover 45 divers."
COLOUR = "It is color coded."


@pytest.fixture
def monitor(story: Workspace, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A command line in the story's folder: what it wrote, its exit status being as wanted."""
    monkeypatch.chdir(story.root)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(line: str, status: int = 0) -> str:
        answer = driver.monitor(*shlex.split(line), status=status)
        return answer.text if status == 0 else answer.message

    return call


def of(opened: Opened, place: Workspace, text: str = DIVERS) -> str:
    return entry_of(opened(place), text).change.id


# --- looking ------------------------------------------------------------------------------------


def test_list_shows_each_entry_and_how_much_there_is(monitor: Command) -> None:
    told = monitor("review list")
    assert "2 identical edits · in 2 documents" in told
    assert "comes and goes: 3 times" in told
    assert "with 3 statements" in told
    assert told.rstrip().endswith("0 hidden by rules")


def test_list_of_a_document_and_a_verdict(monitor: Command) -> None:
    assert "truce.md" not in monitor("review list pier.md --verdict all")


def test_a_short_list_says_how_to_go_on(monitor: Command) -> None:
    told = monitor("review list --limit 2").splitlines()[-1]
    rest = monitor("review list " + told.removeprefix("for more: "))
    assert "cookies" not in rest
    assert "divers" in rest


def test_next_shows_the_reasons_of_its_score(monitor: Command) -> None:
    assert "removed +4" in monitor("review next")


def test_json_lines_hold_the_change_its_score_and_its_state(monitor: Command) -> None:
    first = json.loads(monitor("review list --format jsonl").splitlines()[3])
    assert first["change"]["after"][0]["text"] == DIVERS
    assert sum(part["points"] for part in first["score"]["parts"]) == pytest.approx(first["score"]["total"], abs=0.01)
    assert first["state"] == {
        "verdict": None,
        "reviewer": None,
        "at": None,
        "assignee": None,
        "comments": 0,
        "last": 0,
        "proposed": None,
        "proposed_by": None,
    }


# --- deciding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "verdict"), [("accept", "accepted"), ("flag", "flagged"), ("dismiss", "dismissed")])
def test_verdict_commands(monitor: Command, opened: Opened, story: Workspace, verb: str, verdict: str) -> None:
    assert monitor(f"review {verb} {of(opened, story)[:8]} --as Ada --comment why") == f"{verdict} 2 changes\n"
    assert "Ada: " + verdict in monitor(f"review history {of(opened, story)[:8]}")


def test_only_one_of_a_group(monitor: Command, opened: Opened, story: Workspace) -> None:
    assert monitor(f"review accept {of(opened, story)} --only --as Ada") == "accepted 1 change\n"


def test_a_comment_an_assignment_and_taking_back(monitor: Command, opened: Opened, story: Workspace) -> None:
    change = of(opened, story)
    monitor(f"review comment {change} 'ask the desk' --as Ada")
    monitor(f"review assign Grace {change} --as Ada")
    monitor(f"review undo {change} --as Ada")
    told = monitor(f"review history {change}").splitlines()
    assert [line.partition("  ")[2] for line in told if not line.startswith("    ")] == [
        "Ada: comment",
        "Ada: assigned to Grace, undone later",
        "Ada: undo",
    ]


def test_reviewer_defaults_to_the_configured_one(monitor: Command, opened: Opened, story: Workspace) -> None:
    story.configure("[review]\nreviewer = 'Grace'\n")
    (event, *_) = json.loads(monitor(f"review accept {of(opened, story)} --format json"))["events"]
    assert event["reviewer"] == "Grace"


def test_reviewer_falls_back_to_the_login_name(
    monitor: Command, opened: Opened, story: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "alan")
    assert '"reviewer":"alan"' in monitor(f"review accept {of(opened, story)} --format jsonl")


def test_the_branch_follows_at_once(monitor: Command, opened: Opened, story: Workspace) -> None:
    monitor(f"review accept {of(opened, story)} --as Ada")
    assert opened(story).snapshots.tip("refs/heads/reviews")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("review accept ffff --as Ada", "no change has an id that begins with"),
        ("review undo --as Nobody", "Nobody has nothing to undo"),
        ("review list --after x", "not a position in the queue"),
        ("review list --after 9223372036854775808", "not a position in the queue"),
        ("review list --verdict odd", "'odd' is not one of"),
        ("review list nowhere.md", "there is no document nowhere.md"),
        ("rules preview nothing", "there is no rule nothing"),
        ("rules preview nothing --pattern x", "not both"),
        ("feed pier.md --term x", "only one of them"),
        ("feed --term x", "is not a watch term"),
    ],
)
def test_impossible_action_is_a_one_line_error(monitor: Command, line: str, says: str) -> None:
    told = monitor(line, status=2)
    assert says in told
    assert told.count("\n") == 1


def test_orphans_are_none_here(monitor: Command) -> None:
    assert monitor("review orphans") == "no verdict is orphaned\n"


def test_hostile_text_cannot_steer_the_terminal(monitor: Command, story: Workspace, opened: Opened) -> None:
    story.record_day(5, {"pier.md": "\x1b[31mred \u202e\x07 =1+1 <script>alert(1)</script>\n"})
    change = of(opened, story, "red")
    monitor(f"review flag {change} --as 'A\x1b[31mda' --comment '\x1b[2J\u202e'")
    for line in (
        "review list --verdict all",
        "review next",
        f"review history {change}",
        "rules preview --pattern '*red*'",
    ):
        told = monitor(line)
        assert not {"\x1b", "\u202e", "\x07"} & set(told), line


# --- rules and feeds ----------------------------------------------------------------------------


def test_rules_are_listed_with_what_they_decide_on(monitor: Command, story: Workspace) -> None:
    story.configure("[rules.footer]\npattern = 'Last updated: *'\n")
    assert monitor("rules list") == "footer  fold, pattern 'Last updated: *'  1 change\n"


def test_preview_shows_what_a_rule_would_hide(monitor: Command, opened: Opened, story: Workspace) -> None:
    monitor(f"review flag {of(opened, story)} --as Ada")
    (told,) = json.loads(monitor("rules preview --pattern '*divers*' --format json"))
    assert (told["changes"], told["documents"], told["kinds"]) == (2, 2, {"revised": 2})
    assert told["verdicts"] == {"flagged": 2}
    assert [change["after"][0]["text"] for change in told["flagged"]] == [DIVERS, DIVERS]
    assert "a reviewer flagged 2 changes of these" in monitor("rules preview --pattern '*divers*'")


def test_a_preview_changes_nothing(monitor: Command, opened: Opened, story: Workspace) -> None:
    before = listed(opened(story))
    monitor("rules preview --document '**'")
    assert listed(opened(story)) == before


def test_each_rule_is_previewed_as_if_alone(monitor: Command, story: Workspace) -> None:
    story.configure("[rules.all]\ndocument = '**'\n[rules.footer]\npattern = 'Last updated: *'\naction = 'lower'\n")
    told = {one["rule"]["name"]: one["changes"] for one in json.loads(monitor("rules preview --format json"))}
    assert told["footer"] == 1
    assert told["all"] > 1


def test_a_feed_goes_to_standard_output(monitor: Command) -> None:
    assert monitor("feed").startswith("<?xml")


# --- help ---------------------------------------------------------------------------------------

VERBS = [
    (group, name, command)
    for group, found in (("review", review.review_command), ("rules", rules.rules_command))
    for name, command in found.commands.items()
]


@pytest.mark.parametrize(("group", "name", "command"), VERBS, ids=[f"{group} {name}" for group, name, _ in VERBS])
def test_help_of_every_subcommand_has_a_valid_example(group: str, name: str, command: click.Command) -> None:
    assert command.help
    assert all(param.help for param in command.params if isinstance(param, click.Option))
    example = shlex.split((command.epilog or "").splitlines()[-1])
    assert example[:3] == ["monitor", group, name]
    command.make_context(name, example[3:])


# --- by keys ------------------------------------------------------------------------------------


@pytest.fixture
def keys(story: Workspace, opened: Opened, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """A sitting in which a reviewer presses these keys; what they saw."""

    def press(pressed: str) -> str:
        settings = story.settings
        waiting = iter([*pressed, "q"])
        KeyReview(opened(story), Page(settings.zone), "Ada", lambda: next(waiting)).run()
        return capsys.readouterr().out

    return press


def verdicts(monitor: Monitor) -> dict[str, Any]:
    return app_review.counts(monitor).verdicts


def test_one_key_is_one_verdict_and_the_next_one_follows(
    keys: Callable[[str], str], opened: Opened, story: Workspace
) -> None:
    told = keys("afd")
    assert verdicts(opened(story)) == {"accepted": 3, "flagged": 1, "dismissed": 4, "unreviewed": 3}
    assert told.index("cookies") < told.index("truce.md") < told.index("divers")


def test_j_passes_over_and_k_goes_back(keys: Callable[[str], str], opened: Opened, story: Workspace) -> None:
    keys("jjkf")
    assert listed(opened(story), verdicts=frozenset({"flagged"})) == [COLOUR]


def test_u_takes_back_and_shows_it_again(keys: Callable[[str], str], opened: Opened, story: Workspace) -> None:
    keys("fud")
    assert verdicts(opened(story)) == {"dismissed": 3, "unreviewed": 8}


def test_u_with_nothing_to_undo_says_so(keys: Callable[[str], str]) -> None:
    assert "Ada has nothing to undo" in keys("u")


def test_c_asks_for_a_comment(
    keys: Callable[[str], str], opened: Opened, story: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "ask the desk")
    told = keys("ch")
    assert "ask the desk" in told


def test_another_key_shows_what_there_is(keys: Callable[[str], str]) -> None:
    assert keys("x").count("a accept · f flag") == 2


def test_session_ends_at_the_end_of_the_queue(keys: Callable[[str], str], opened: Opened, story: Workspace) -> None:
    assert "nothing else to review" in keys("aaaaa")
    assert listed(opened(story)) == []
