"""Where per-document work runs: here, in a pool of processes, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import NamedTuple

from monitor.errors import ConfigError, UsageError


class Fan(NamedTuple):
    """How many processes, or the address of a cluster's scheduler (`tcp://host:8786`)."""

    jobs: int = 1
    cluster: str | None = None


HERE = Fan()


@contextmanager
def executor_of(fan: Fan) -> Iterator[Executor | None]:
    """The executor, None where all is done in this process. What is under way at the end is given up."""
    if fan.cluster is not None:
        with _cluster(fan.cluster) as cluster:
            yield cluster
    elif fan.jobs > 1:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        # Not forked: a child would share the open database and the git processes
        pool = ProcessPoolExecutor(fan.jobs, mp_context=get_context("spawn"))
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
    else:
        yield None


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ConfigError(f"--cluster: {error.name} is missing; install monitor[dask]") from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"--cluster {address}: no scheduler answers there ({error})") from None
    try:
        executor: Executor = client.get_executor(pure=False)
        yield executor
    finally:
        client.close()
