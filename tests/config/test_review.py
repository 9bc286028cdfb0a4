"""[review], [rules], [notify] and [feeds] of `monitor.toml`, and how errors in them read."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import DEFAULT_TOML, load
from monitor.config.settings import Channel, Feeds, IgnoreRule, Notify, Review, Settings
from monitor.errors import ConfigError


def settings(root: Path, text: str = "", **environ: str) -> Settings:
    (root / "monitor.toml").write_text(text, "utf-8")
    return load(root, None, {}, environ)


def test_review_settings_are_empty_by_default(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.review, found.rules, found.notify, found.feeds) == (Review(), (), Notify(), Feeds())


def test_examples_written_by_init_are_valid(tmp_path: Path) -> None:
    head, _, examples = DEFAULT_TOML.partition("# [review]")
    lines = ["[review]", *examples.splitlines()[1:]]
    found = settings(tmp_path, head + "\n".join(line.removeprefix("# ") for line in lines))
    assert (found.review.reviewer, found.rules[0].name, found.notify.channels[0].name) == ("Ada", "footer", "desk")


def test_review(tmp_path: Path) -> None:
    text = (
        "[review]\nreviewer = 'Ada'\nwatch = ['ceasefire']\n[review.weights]\n'contracts/**' = 2\n'drafts/**' = 0.5\n"
    )
    assert settings(tmp_path, text).review == Review("Ada", ("ceasefire",), (("contracts/**", 2.0), ("drafts/**", 0.5)))


def test_rules_are_named_by_their_tables_in_file_order(tmp_path: Path) -> None:
    text = "[rules.z]\npattern = 'x *'\n[rules.a]\naction = 'lower'\ndocument = ['a/**', 'b']\naspects = 'spelling'\n"
    assert settings(tmp_path, text).rules == (
        IgnoreRule("z", pattern="x *"),
        IgnoreRule("a", action="lower", document=("a/**", "b"), aspects=("spelling",)),
    )


def test_channels_and_the_link(tmp_path: Path) -> None:
    text = "[notify]\nlink = 'http://here'\n[notify.team]\nurl = 'json://x'\nscore = 6\nlimit = 3\n"
    found = settings(tmp_path, text).notify
    assert found.link == "http://here"
    assert [(one.name, one.url, one.score, one.limit) for one in found.channels] == [("team", "json://x", 6.0, 3)]


@pytest.mark.parametrize(("written", "value"), [("", True), ("failures = true", True), ("failures = false", False)])
def test_notices_of_failures_can_be_switched_off(tmp_path: Path, written: str, value: bool) -> None:
    (channel,) = settings(tmp_path, f"[notify.team]\nurl = 'json://x'\n{written}\n").notify.channels
    assert channel.failures is value


@pytest.mark.parametrize("written", ["0", "'no'", "[]"])
def test_what_is_neither_true_nor_false_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(ConfigError, match="failures: expected true or false"):
        settings(tmp_path, f"[notify.team]\nurl = 'json://x'\nfailures = {written}\n")


def test_a_channel_may_come_from_a_variable(tmp_path: Path) -> None:
    found = settings(tmp_path, MONITOR_NOTIFY_TEAM="json://x").notify
    assert [(one.name, one.url) for one in found.channels] == [("team", "json://x")]


def test_a_url_file_is_relative_to_the_configuration(tmp_path: Path) -> None:
    (channel,) = settings(tmp_path, "[notify.team]\nurl_file = 'secret'\n").notify.channels
    assert channel.url_file == tmp_path / "secret"


def test_feeds(tmp_path: Path) -> None:
    text = "[feeds]\nfolder = 'out'\nentries = 10\nauthority = 'example.org'\n"
    assert settings(tmp_path, text).feeds == Feeds(tmp_path / "out", 10, "example.org")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[review]\nweights = 2", "line 2: [review] weights: expected a table"),
        ("[review.weights]\n'a' = 'b'", "expected a number"),
        ("[review.weights]\n'a' = -1", "0 or more"),
        ("[review]\nwatched = []", "did you mean 'watch'?"),
        ("[rules]\nx = 1", "expected a rule"),
        ("[rules.x]\naction = 'fold'", "applies to every change"),
        ("[rules.x]\npatern = 'y'", "did you mean 'pattern'?"),
        ("[rules.x]\npattern = '*'", "matches every text"),
        ("[rules.x]\npattern = 'y'\naction = 'delete'", "expected one of fold, lower"),
        ("[rules.x]\naspects = ['colour']", "expected one of typography"),
        ("[notify.x]\nscore = 1", "needs one of `url` and `url_file`"),
        ("[notify.x]\nurl = 'a://b'\nurl_file = 'c'", "needs one of `url` and `url_file`"),
        ("[notify.x]\nurl = 'a://b'\nlimit = 0", "1 or more"),
        ("[notify.x]\nurl = 'a://b'\ncolour = 'red'", "unknown key 'colour'"),
        ("[feeds]\nentries = 0", "1 or more"),
    ],
)
def test_an_error_says_where_and_what(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        settings(tmp_path, text)
    assert says in str(error.value)
    assert "monitor.toml" in str(error.value)


@pytest.mark.parametrize(
    "text", ["[notify.x]\nurl = 'hunter2'", "[notify]\nx = 'hunter2'", "[notify.x]\nurl = ['hunter2']"]
)
def test_an_error_does_not_repeat_a_channel_s_url(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as error:
        settings(tmp_path, text)
    assert "hunter2" not in str(error.value)


def test_representation_of_settings_hides_secrets(tmp_path: Path) -> None:
    assert "hunter2" not in repr(settings(tmp_path, "[notify.x]\nurl = 'json://u:hunter2@host'"))
    assert "hunter2" not in repr(Channel("x", "json://u:hunter2@host"))


def test_messages_are_redacted(tmp_path: Path) -> None:
    found = settings(tmp_path, "[notify.x]\nurl = 'json://u:hunter2@host'")
    assert found.redact("json://u:hunter2@host refused") == "… refused"
