"""For every test: no claim about speed, neither by hypothesis' deadline of 200 ms an example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")
