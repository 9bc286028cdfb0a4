"""What holds for every command: help, errors, configuration, where output goes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.acceptance.story_steps import BRIEF
from tests.support.driver import on_a_terminal
from tests.support.workspace import Workspace, day

COMMANDS = [
    *("init", "run", "watch", "status", "snapshots", "log", "show", "blame", "diff", "cat", "compare"),
    *("report", "rebuild", "verify", "search", "export", "demo"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(first_versions: Workspace, command: str) -> None:
    text = first_versions.monitor(command, "--help").text
    assert text.startswith("Usage: monitor")
    assert command in text.splitlines()[0]


def test_the_help_lists_every_command(first_versions: Workspace) -> None:
    text = first_versions.monitor("--help").text
    assert [command for command in COMMANDS if not re.search(rf"^\s+{command}\s", text, re.MULTILINE)] == []


def test_help_is_there_without_any_folder(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "bare")
    workspace.seeds.rmdir()
    workspace.monitor("--help")
    assert sorted(path.name for path in workspace.root.iterdir()) == ["home"]


# --- errors ---------------------------------------------------------------------------------------

MISTAKES = {
    "no command": ("frobnicate",),
    "an unknown option": ("log", "--frobnicate"),
    "an unknown format": ("log", "--format", "yaml"),
    "a missing argument": ("blame",),
    "a folder that is not there": ("-C", "nowhere", "log"),
    "a configuration that is not there": ("--config", "nowhere.toml", "log"),
    "a document that is not there": ("blame", "nowhere.txt"),
    "a moment that is none": ("blame", "brief.txt", "--at", "sometime"),
    "a snapshot that is not there": ("diff", "0123456789ab", "0123456789ac"),
    "a date that is none": ("run", "--taken-at", "2026-13-45"),
    "a settle time that is none": ("run", "--settle", "soon"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_on_standard_error_and_status_2(first_versions: Workspace, mistake: str) -> None:
    answer = first_versions.monitor(*MISTAKES[mistake], status=2)
    assert answer.out == b""
    assert answer.message.startswith("monitor: ")
    assert len(answer.message.splitlines()) == 1


def test_mistyped_command_suggests_the_nearest(first_versions: Workspace) -> None:
    assert "status" in first_versions.monitor("statsu", status=2).message


def test_queries_before_the_first_run_show_no_traceback(workspace: Workspace) -> None:
    for command in (("log",), ("status",), ("snapshots",), ("search", "words"), ("verify",), ("report",)):
        answer = workspace.monitor(*command, status=(0, 2))
        assert len(answer.message.splitlines()) <= 1, command


def test_closed_pipe_is_not_an_error(first_versions: Workspace) -> None:
    with first_versions.start("log", "--baseline", "--format", "jsonl") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""


# --- exit codes of a run --------------------------------------------------------------------------


def test_run_exits_with_1_for_changes_only_on_request(begun: Workspace) -> None:
    begun.write("memo.txt", "Another memo altogether.")
    begun.run(1)
    begun.write("memo.txt", "Yet another memo, about ships.")
    begun.run(2, "--exit-code", status=1)
    begun.run(3, "--exit-code", status=0)


def test_failures_go_before_changes_in_the_status(begun: Workspace) -> None:
    begun.configure('[watch]\nmax_size = "4 kB"\n')
    begun.write("memo.txt", "Another memo altogether.")
    begun.write("large.txt", "Large it is. " * 1000)
    begun.run(1, "--exit-code", status=3)


# --- output ---------------------------------------------------------------------------------------


def test_a_successful_run_says_nothing_on_standard_error(begun: Workspace) -> None:
    begun.write("memo.txt", "Another memo altogether.")
    assert begun.run(1).err == b""


def test_a_run_prints_what_changed(begun: Workspace) -> None:
    path = begun.seeds / "brief.txt"
    path.write_text(path.read_text().replace("30 divers", "45 divers"))
    text = begun.run(1).text
    assert "brief.txt" in text
    assert "45" in text


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
@pytest.mark.parametrize("args", [("search", "Oslo"), ("blame", "brief.txt"), ("log", "--baseline", "--format", "csv")])
def test_output_is_utf_8_in_any_locale(
    first_versions: Workspace, locale: dict[str, str], args: tuple[str, ...]
) -> None:
    assert "Oslo’s" in first_versions.monitor(*args, env=locale).text


def test_non_ascii_names_are_read_in_any_locale(workspace: Workspace) -> None:
    workspace.environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    content = workspace.write("größe.txt", "Größe zählt.\n").read_bytes()
    workspace.run(0)
    assert workspace.cat("größe.txt".encode()) == content
    assert [record["document"] for record in workspace.log("--baseline", "--level", "document")] == ["größe.txt"]


def at_a_terminal(workspace: Workspace, *args: str, **env: str) -> bytes:
    """What a person sees at a terminal."""
    return on_a_terminal(args, cwd=workspace.root, env={**workspace.environ(), "TERM": "xterm-256color", **env})[1]


COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


def test_a_terminal_is_given_colours(begun: Workspace) -> None:
    path = begun.seeds / "brief.txt"
    path.write_text(path.read_text().replace("30 divers", "45 divers"))
    begun.run(1)
    assert COLOUR.search(at_a_terminal(begun, "log"))
    assert not COLOUR.search(at_a_terminal(begun, "log", NO_COLOR="1"))
    assert not COLOUR.search(begun.monitor("log").out)


def test_escape_sequences_of_a_document_are_not_printed(workspace: Workspace) -> None:
    workspace.write("evil.txt", "Calm words.\n")
    workspace.run(0)
    workspace.write("evil.txt", "Calm words.\nA title \x1b]0;owned\x07 and \x1b[2J a wiped \x9b2J screen.\n")
    workspace.run(1)
    for command in (("log",), ("blame", "evil.txt"), ("report", "--since", "2026-01-01"), ("diff", day(0), day(1))):
        text = workspace.monitor(*command).text
        assert "wiped" in text, command
        assert not re.search(r"[\x1b\x07\x9b]", text), command


# --- configuration --------------------------------------------------------------------------------


def test_init_writes_a_valid_configuration_and_never_overwrites(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "bare")
    workspace.seeds.rmdir()
    workspace.monitor("init")
    assert workspace.seeds.is_dir()
    assert (workspace.root / "snapshots").is_dir()
    workspace.write("note.txt", "One thing stands here.")
    workspace.run(0)
    mine = "# mine\n"
    workspace.configure(mine)
    workspace.monitor("init", status=(0, 2))
    assert (workspace.root / "monitor.toml").read_text() == mine


@pytest.mark.parametrize(
    ("toml", "wrong", "nearest"),
    [
        ('[watch]\nfoldr = "seeds"\n', "foldr", "folder"),
        ('[wacth]\nfolder = "seeds"\n', "wacth", "watch"),
        ('[schedule]\ncrown = "* * * * *"\n', "crown", "cron"),
        ('[store]\nsnapshot = "snapshots"\n', "snapshot", "snapshots"),
        ('[limits]\nmemroy = "1 GB"\n', "memroy", "memory"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(
    workspace: Workspace, toml: str, wrong: str, nearest: str
) -> None:
    workspace.configure(toml)
    answer = workspace.monitor("run", status=2)
    assert wrong in answer.message
    assert nearest in answer.message.replace(wrong, "", 1)
    assert len(answer.message.splitlines()) == 1
    assert not (workspace.root / "snapshots" / "history.git").exists()


@pytest.mark.parametrize(
    "toml",
    [
        "[watch",
        '[watch]\nmax_size = "big"\n',
        "[watch]\nfolder = 5\n",
        '[watch]\ninclude = "*.txt"\n',
        'watch = "seeds"\n',
        "\udcff",
    ],
    ids=["broken", "a size", "a type", "a list", "a table", "not UTF-8"],
)
def test_a_value_that_makes_no_sense_is_an_error_of_one_line(workspace: Workspace, toml: str) -> None:
    (workspace.root / "monitor.toml").write_bytes(toml.encode("utf-8", "surrogateescape"))
    answer = workspace.monitor("run", status=2)
    assert "monitor.toml" in answer.message
    assert len(answer.message.splitlines()) == 1


def elsewhere(workspace: Workspace) -> None:
    workspace.configure('[watch]\nfolder = "papers"\nsettle = "0 s"\n[store]\nsnapshots = "kept/here"\n')
    (workspace.root / "papers").mkdir()
    (workspace.root / "papers" / "one.txt").write_text("One paper stands here.")


def test_configuration_is_found_in_a_parent_folder(workspace: Workspace) -> None:
    elsewhere(workspace)
    below = workspace.root / "some" / "where" / "below"
    below.mkdir(parents=True)
    workspace.monitor("run", cwd=below)
    assert (workspace.root / "kept" / "here" / "history.git").is_dir()
    assert workspace.texts("one.txt") == ["One paper stands here."]


def test_minus_capital_c_runs_as_if_started_there(workspace: Workspace, tmp_path: Path) -> None:
    elsewhere(workspace)
    workspace.monitor("-C", workspace.root, "run", cwd=tmp_path)
    assert (workspace.root / "kept" / "here" / "history.git").is_dir()


def test_a_configuration_is_named(workspace: Workspace, tmp_path: Path) -> None:
    elsewhere(workspace)
    (workspace.root / "monitor.toml").rename(workspace.root / "other.toml")
    workspace.monitor("--config", workspace.root / "other.toml", "run", cwd=tmp_path)
    assert (workspace.root / "kept" / "here" / "history.git").is_dir()


def test_a_variable_goes_before_the_file_and_a_flag_before_both(workspace: Workspace) -> None:
    """A file that was just written would be waited for an hour; 0 does not wait."""
    workspace.write("note.txt", "One thing stands here.")
    workspace.configure('[watch]\nsettle = "1 h"\n')
    workspace.monitor("run", env={"MONITOR_WATCH_SETTLE": "0 s"})
    workspace.write("note.txt", "Another thing stands here.")
    workspace.monitor("run", "--settle", "0", env={"MONITOR_WATCH_SETTLE": "1 h"})
    assert len(workspace.monitor("snapshots", "--format", "json").json()) == 2


def test_patterns_choose_what_is_watched(workspace: Workspace) -> None:
    workspace.configure('[watch]\ninclude = ["**/*.txt"]\nexclude = ["drafts/**"]\n')
    for name in ("a.txt", "b.md", "sub/c.txt", "drafts/d.txt", "sub/drafts.txt"):
        workspace.write(name, f"The document {name} stands here.")
    workspace.run(0)
    documents = {record["document"] for record in workspace.log("--baseline", "--level", "document")}
    assert documents == {"a.txt", "sub/c.txt", "sub/drafts.txt"}


def test_reports_are_written_after_a_run_that_found_something(begun: Workspace) -> None:
    begun.configure('[report]\nformats = ["html", "markdown"]\nfolder = "out"\n')
    begun.run(1)
    assert not list((begun.root / "out").glob("*"))
    path = begun.seeds / "brief.txt"
    path.write_text(path.read_text().replace("30 divers", "45 divers"))
    begun.run(2)
    written = sorted((begun.root / "out").rglob("*.*"))
    assert {path.suffix for path in written if path.is_file()} == {".html", ".md"}
    assert all("45" in path.read_text() for path in written if path.is_file())
    assert BRIEF[1].split()[-1] in written[0].read_text()
