"""What a command writes to standard error: lines for people, or with `--log-format json` one JSON object a line.

`verbose_log` adds the lines of `--verbose`. In JSON, an error's line or a traceback is an object too, so that a program
can read all of it.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, TypeVar

import click

from monitor.core.text.normalize import visible

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
PACKAGE = "monitor"  # the logger above all of ours


class _LogLine(logging.Formatter):
    """`scan: a.txt read: new`: the module's name and the message, on one line, behind what `before` puts there."""

    def __init__(self, before: str) -> None:
        super().__init__(f"{before}%(module_name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name in `logging`
        record.module_name = record.name.rpartition(".")[2]
        return visible(super().formatMessage(record))


@contextmanager
def verbose_log(*, dated: bool) -> Iterator[None]:
    """Log to standard error, within the block, what was decided and why; `dated`: with times, as `watch` does."""
    logger, handler = logging.getLogger(PACKAGE), logging.StreamHandler()
    handler.setFormatter(_LogLine("%(asctime)s %(levelname)s " if dated else "monitor: "))
    level = logger.level
    logger.setLevel(logging.INFO)
    if not logs_json():  # the handler of all loggers writes them then
        logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


class _JsonLine(logging.Formatter):
    """A record as one JSON object of ASCII characters: nothing in a name ends the line or steers a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        trace = self.formatException(record.exc_info) if record.exc_info else None
        return _json_line(record.levelname.lower(), record.name, record.getMessage(), record.created, trace)


def _json_line(level: str, logger: str, message: str, at: float, trace: str | None = None) -> str:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
    line = {"time": f"{moment}.{int(at % 1 * 1000):03d}Z", "level": level, "logger": logger, "message": message}
    return json.dumps(line if trace is None else {**line, "exception": trace})


class _JsonErrors(io.TextIOBase):
    """Standard error that makes a JSON object of each line that is written to it, with the level `error`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._begun = stream, ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in filter(str.strip, lines):
            self._stream.write(_json_line("error", PACKAGE, line.removeprefix("monitor: "), time.time()) + "\n")
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


def logs_json() -> bool:
    """Whether this process writes JSON to standard error."""
    return isinstance(sys.stderr, _JsonErrors)


def _choose(context: click.Context, _option: click.Parameter, form: str | None) -> None:
    if form != "json" or logs_json() or context.resilient_parsing:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLine())
    logging.getLogger().addHandler(handler)
    sys.stderr = _JsonErrors(sys.stderr)


def log_format_option(envvar: str | None = None) -> Callable[[Decorated], Decorated]:
    """`--log-format`; it holds until the process ends, also for what is wrong with the rest of the command line."""
    return click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        envvar=envvar,
        is_eager=True,
        expose_value=False,
        callback=_choose,
        help="How to log to standard error: lines for people, or one JSON object a line.",
    )
