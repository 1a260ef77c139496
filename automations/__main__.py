"""``python -m automations`` = the command ``houqin``."""

import sys

from automations.cli import run


def main() -> None:
    """Entry point of the command ``houqin``."""
    sys.exit(run())


if __name__ == "__main__":
    main()
