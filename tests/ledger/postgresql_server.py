"""A PostgreSQL server to test on, which MONITOR_TEST_POSTGRESQL names; each ledger gets a schema of its own."""

from __future__ import annotations

import os
from itertools import count

import psycopg
import pytest

SERVER = os.environ.get("MONITOR_TEST_POSTGRESQL", "")
needs_postgresql = pytest.mark.skipif(
    not SERVER,
    reason="no PostgreSQL server (MONITOR_TEST_POSTGRESQL names one, as postgresql+psycopg://user@127.0.0.1/name)",
)


_numbers = count()


def fresh_url() -> str:
    """An empty place for a ledger."""
    schema = f"ledger_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(SERVER.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
    return f"{SERVER}{'&' if '?' in SERVER else '?'}options=-csearch_path%3D{schema}"
