"""Chromium for the tests of pages: the system's, without a window, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# A Chromium elsewhere: PYNAMITE_CHROMIUM=/opt/chromium/chrome
PROGRAM = "PYNAMITE_CHROMIUM"


class NoBrowserError(Exception):
    """There is no Chromium here; the message says what to install."""


def program() -> str:
    """Give the path of Chromium; raises NoBrowserError where there is none."""
    found = os.environ.get(PROGRAM) or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise NoBrowserError(f"install Chromium (Debian and Ubuntu: apt-get install chromium), or name it in {PROGRAM}")
    return found


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start it without a window, and end it."""
    # Its sandbox does not work for root, nor in most containers; what it is shown here is ours.
    browser = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
    try:
        yield browser
    finally:
        browser.close()
