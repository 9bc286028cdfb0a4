"""A secret in the configuration is in no message, no log line and no file."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from monitor.config import load
from monitor.schedule import scheduler
from tests.support.driver import monitor as command_line

SECRET = "hunter2zz"
URLS = (
    f"postgresql+psycopg://clerk:{SECRET}@127.0.0.1:9/ledger",
    f"postgresql+psycopg://clerk:{SECRET[:7]}%7Az@127.0.0.1:9/ledger",
    f"postgresql+psycopg://127.0.0.1:9/ledger?user=clerk&password={SECRET}",
    f"postgresql+psycopg://clerk@127.0.0.1:9/ledger?sslpassword={SECRET}&no_such_option={SECRET}",
    f"postgresql+psycopg://clerk:{SECRET}@127.0.0.1:port/ledger",
    f"mysql://clerk:{SECRET}@127.0.0.1/ledger",
    f"clerk:{SECRET}@127.0.0.1",
)
COMMANDS = ("run --settle 0", "log", "status", "search offer", "review list", "verify", "rebuild")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pytest.importorskip("psycopg", reason="no psycopg (monitor[postgresql])")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "brief.txt").write_text("The offer stands.\n")
    return tmp_path


def leaks(text: str) -> bool:
    return SECRET in text or SECRET[4:] in text


@pytest.mark.parametrize("url", URLS)
def test_error_of_an_unreachable_database_holds_no_secret(
    here: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("MONITOR_STORE_LEDGER", url)
    for command in COMMANDS:
        answer = command_line(*command.split(), status=(2, 4))
        assert not leaks(answer.text + answer.message), command
        lists = command == "verify" and not answer.message  # what it found, a line each
        assert answer.message.count("\n") == (not lists), command
    assert not [path for path in here.rglob("*") if path.is_file() and leaks(path.read_text("latin-1"))]


@pytest.mark.parametrize("url", URLS[:4])
def test_log_of_watch_holds_no_secret(here: Path, caplog: pytest.LogCaptureFixture, url: str) -> None:
    settings = load(here, None, {"store.ledger": url}, {})
    caplog.set_level(logging.INFO)

    def fails() -> None:
        raise OSError(f"no answer from {url}\nfor clerk with password {SECRET}")

    scheduler._run_once(settings, fails)  # type: ignore[arg-type]
    assert caplog.messages
    assert not leaks(caplog.text)
    assert not any("\n" in message for message in caplog.messages)
