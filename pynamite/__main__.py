"""`python -m pynamite` is the command `pynamite`."""

from __future__ import annotations

from pynamite.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
