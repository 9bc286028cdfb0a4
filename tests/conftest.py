"""For every test: how many examples a law is tried on, no claim about speed, and signals as at a terminal."""

from __future__ import annotations

import signal

from hypothesis import settings

# No example has a deadline; `make test-slow` and `make test-thorough` try the laws on more of them.
settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=400)
settings.load_profile("quick")

# What is started in the background ignores SIGINT, and so would every process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
