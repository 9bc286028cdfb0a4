"""A PostgreSQL server to test on, which MONITOR_TEST_POSTGRESQL names; each ledger gets a schema of its own."""

from __future__ import annotations

import os
from itertools import count

import psycopg
import pytest
from sqlalchemy.engine import make_url

SERVER = os.environ.get("MONITOR_TEST_POSTGRESQL", "")
needs_postgresql = pytest.mark.skipif(
    not SERVER,
    reason="no PostgreSQL server (MONITOR_TEST_POSTGRESQL names one, as postgresql+psycopg://user@127.0.0.1/name)",
)


_numbers = count()


def fresh_url() -> str:
    """An empty place for a ledger."""
    schema = f"ledger_{os.getpid()}_{next(_numbers)}"
    url = make_url(SERVER)
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(False), autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
    return url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
