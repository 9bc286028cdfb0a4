"""Configuration: `monitor.toml`, `MONITOR_*` variables and flags, read into `Settings`."""

from monitor.config.loading import FILE_NAME, load
from monitor.config.settings import (
    DEFAULT_TOML,
    LEDGER,
    REVIEWS_DB,
    Extract,
    Hold,
    Limits,
    Report,
    Schedule,
    Settings,
    Store,
    Watch,
)

__all__ = [
    "DEFAULT_TOML",
    "FILE_NAME",
    "LEDGER",
    "REVIEWS_DB",
    "Extract",
    "Hold",
    "Limits",
    "Report",
    "Schedule",
    "Settings",
    "Store",
    "Watch",
    "load",
]
