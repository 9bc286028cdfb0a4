"""`python -m monitor`, and the console script."""

import gc

# A short command keeps nearly all that it makes, its modules above all: a search for cycles finds nothing in it.
gc.set_threshold(20_000, 20, 20)

from monitor.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
