"""The record from Python: `monitor.open` gives a `Store`, and what it gives are values."""
