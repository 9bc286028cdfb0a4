"""The clock around runs: when the next one is due, and `watch`, which keeps it.

The schedule is configuration: APScheduler is set from it at each start and keeps nothing.
"""

from monitor.schedule.schedule import Punctuality, next_run, punctuality
from monitor.schedule.scheduler import watch

__all__ = ["Punctuality", "next_run", "punctuality", "watch"]
