"""What pynamite says while it works: the logger ``pynamite``, shown on stderr where ``DEBUG=development``."""

from __future__ import annotations

import logging
import os

__all__ = ["log", "show_if_asked"]

log = logging.getLogger("pynamite")
log.addHandler(logging.NullHandler())

_HANDLER_NAME = "pynamite-debug"


def show_if_asked() -> None:
    """Show the logger's debug messages on stderr where the environment variable DEBUG is ``development``."""
    if os.environ.get("DEBUG") != "development" or any(handler.name == _HANDLER_NAME for handler in log.handlers):
        return
    handler = logging.StreamHandler()
    handler.name = _HANDLER_NAME
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
