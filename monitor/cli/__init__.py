"""The commands: one file a verb; words in, one call into `runs`, output."""


def main() -> None:
    """The console script."""
    raise SystemExit("not built yet")
