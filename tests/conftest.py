"""For every test: where its files lie, how many examples a law is tried on, signals, and the closing line."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.paths import PROJECT

HELPERS = ("acceptance", "readers", "reliability", "reports", "reviews", "support.driver", "support.workspace", "web")
# What fails in these helpers shows its values, as in a test.
pytest.register_assert_rewrite(*(f"tests.{name}" for name in HELPERS))

# Neither an example nor the making of one has a deadline: a machine may be busy.
# Laws are tried on the same examples every time, so that a check that was passed is passed by everybody;
# `make test-all` tries more of them, `--hypothesis-profile searching` looks for new ones.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", UNHURRIED, max_examples=20, derandomize=True)
settings.register_profile("thorough", UNHURRIED, max_examples=200, derandomize=True)
settings.register_profile("searching", UNHURRIED, max_examples=400)
settings.load_profile("quick")

# What is started in the background ignores SIGINT, and so would every process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Processes that tests start run this checkout, whatever the environment has installed.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))

# Files of tests lie in memory, where there is room: waiting for disks is a third of the time of many tests.
MEMORY = Path("/dev/shm")
ROOM = 2 << 30  # bytes
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait for a clock or another process."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Let the last line say how many tests passed, and how many were not run and why."""
    result = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        if session.config.option.markexpr == "not slow":
            reporter.write_line("slow tests were not run: `make test-all` runs them")
        reporter.write_line(closing_line(reporter.stats))
    return result


def closing_line(stats: dict[str, list[pytest.TestReport]]) -> str:
    """Such as `4,469 passed, 79 skipped (57: no PostgreSQL server, 22: no axe-core)`.

    The reason of a skipped test counts up to its first bracket: what follows says how to have the test run.
    """
    skipped = [report.longrepr[2] for report in stats.get("skipped", []) if isinstance(report.longrepr, tuple)]
    reasons = Counter(text.removeprefix("Skipped: ").partition(" (")[0] for text in skipped)
    parts = [f"{len(stats.get('passed', [])):,} passed"]
    parts += [f"{len(stats[kind]):,} {kind}" for kind in ("failed", "error") if stats.get(kind)]
    listed = ", ".join(f"{number:,}: {reason}" for reason, number in reasons.most_common())
    parts.append(f"{len(skipped):,} skipped" + (f" ({listed})" if listed else ""))
    parts += [f"{len(stats[kind]):,} {kind}" for kind in ("xfailed", "xpassed") if stats.get(kind)]
    return ", ".join(parts)


STARTED_IN = Path.cwd()


@pytest.fixture(autouse=True)
def keep_working_directory() -> Iterator[None]:
    """`monitor -C DIR` changes the directory of the process: it is put back after each test."""
    yield
    os.chdir(STARTED_IN)
