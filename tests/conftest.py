"""For every test: how many examples a law is tried on, no claim about speed, and signals as at a terminal."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# Neither an example nor the making of one has a deadline: a machine may be busy.
# Laws are tried on the same examples every time, so that a check that was passed is passed by everybody;
# `make test-slow` tries more of them, `make test-thorough` looks for new ones.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", UNHURRIED, max_examples=50, derandomize=True)
settings.register_profile("thorough", UNHURRIED, max_examples=400, derandomize=True)
settings.register_profile("searching", UNHURRIED, max_examples=400)
settings.load_profile("quick")

# What is started in the background ignores SIGINT, and so would every process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
