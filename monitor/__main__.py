"""`python -m monitor`, the same program as the console script."""

from monitor.cli.main import main

if __name__ == "__main__":
    main()
