"""The last line of a test run: how many tests passed, and how many were not run and why."""

from __future__ import annotations

import pytest

from tests.conftest import closing_line


def report(outcome: str, reason: str = "") -> pytest.TestReport:
    longrepr = ("tests/test_x.py", 1, f"Skipped: {reason}") if outcome == "skipped" else None
    return pytest.TestReport("tests/test_x.py::test_x", ("tests/test_x.py", 1, "test_x"), {}, outcome, longrepr, "call")


def test_skipped_tests_are_counted_by_reason() -> None:
    reasons = ["no axe-core (npm install axe-core)", *["no PostgreSQL server (MONITOR_TEST_POSTGRESQL names one)"] * 2]
    stats = {"passed": [report("passed")] * 4469, "skipped": [report("skipped", reason) for reason in reasons]}
    assert closing_line(stats) == "4,469 passed, 3 skipped (2: no PostgreSQL server, 1: no axe-core)"


def test_failures_and_errors_are_counted() -> None:
    stats = {"passed": [report("passed")], "failed": [report("failed")] * 2, "error": [report("failed")]}
    assert closing_line(stats) == "1 passed, 2 failed, 1 error, 0 skipped"


def test_nothing_run_is_a_line_too() -> None:
    assert closing_line({}) == "0 passed, 0 skipped"
