"""A headless Chromium, and pages that are opened in it."""

from __future__ import annotations

import os

import pytest

from tests.browser import NoBrowserError, program

# Set to 1, a missing Chromium is a failure: what CI wants.
REQUIRE_CHROMIUM = "PYNAMITE_REQUIRE_CHROMIUM"


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once for all of these tests."""
    try:
        program()
    except NoBrowserError as problem:
        if os.environ.get(REQUIRE_CHROMIUM, "0") != "0":
            raise
        pytest.skip(f"Chromium: {problem}")
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium

    with sync_playwright() as playwright, chromium(playwright) as running:
        yield running


class Visit:
    """A page that is looked at, with everything that it asked the network for, and all that went wrong in it."""

    def __init__(self, browser, file, **options):
        self.tab = browser.new_page(**options)
        self.tab.set_default_timeout(10_000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("console", lambda message: self.errors.append(message.text))
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("dialog", self.refuse)
        self.file = file
        self.tab.goto(file.as_uri())

    def refuse(self, dialog):
        """Note that the page asked something of its reader, which it never does."""
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def seen(self, selector):
        """Give the texts of the elements that are seen, each on one line."""
        seen = "all => all.filter(one => one.checkVisibility()).map(one => one.innerText.replace(/\\s+/g, ' '))"
        return self.tab.locator(selector).evaluate_all(seen)

    def open_all(self):
        """Open every value that is short at first."""
        self.tab.locator("details").evaluate_all("all => all.forEach(one => (one.open = true))")

    def is_clean(self):
        """Tell whether nothing but the file was asked for, and nothing went wrong."""
        return {*self.requests} == {self.file.as_uri()} and self.errors == []


@pytest.fixture
def visit(browser):
    """Open pages by ``visit(file, **options)``; each has to be clean in the end."""
    visits = []

    def opened(file, *, width=1280, height=800, **options):
        visits.append(Visit(browser, file, viewport={"width": width, "height": height}, **options))
        return visits[-1]

    yield opened
    for one in visits:
        one.tab.close()
        assert one.is_clean(), (one.requests, one.errors)
