"""Every Python snippet of the README and of docs/ runs, page by page."""

from __future__ import annotations

import contextlib
import doctest
import re
import unittest
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SNIPPETS = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), SkipParser()],
    path=str(ROOT), pattern="**/*.md",
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_snippet_of_a_page_runs(page, tmp_path, monkeypatch):
    """The snippets of a page run one after the other, as a reader would type them, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    document = SNIPPETS.parse(page)
    document.namespace["__name__"] = "__main__"  # as in a program of the reader's
    examples = list(document)
    assert len(examples) >= page.read_text().count("```py")
    for example in examples:
        with contextlib.suppress(unittest.SkipTest):  # the page says so, and why: <!--- skip: next "why" -->
            example.evaluate()


def test_a_snippet_that_is_wrong_is_found(tmp_path):
    """The check above is able to fail."""
    page = tmp_path / "page.md"
    page.write_text("```python\n>>> 1 + 1\n3\n```\n")
    with pytest.raises(AssertionError, match="Expected"):
        next(iter(SNIPPETS.parse(page))).evaluate()


def test_every_link_between_pages_leads_somewhere():
    """A relative link names a file that is there."""
    broken = [f"{page.relative_to(ROOT)}: {target}" for page in PAGES
              for target in LINK.findall(page.read_text())
              if not (page.parent / target).exists()]
    assert broken == []


def test_every_page_can_be_come_to():
    """By links from page to page, beginning with docs/index.md, a reader gets to every page, in any Markdown viewer."""
    waiting, reached = [ROOT / "docs" / "index.md"], set()
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            targets = ((page.parent / target).resolve() for target in LINK.findall(page.read_text()))
            waiting += [target for target in targets if target.suffix == ".md"]
    assert [str(page.relative_to(ROOT)) for page in PAGES[1:] if page not in reached] == []
