"""The command line: `pynamite`, or `python -m pynamite`. What it needs beyond the library is the extra ``cli``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command that the arguments name; without the extra, tell how to get it."""
    try:
        import typer  # noqa: F401 - only a look whether it is there
    except ModuleNotFoundError as missing:
        if missing.name != "typer":
            raise
        sys.exit("pynamite: the command line needs the extra 'cli': pip install 'pynamite-orm[cli]'")
    from pynamite.cli.app import app

    app(prog_name="pynamite")
