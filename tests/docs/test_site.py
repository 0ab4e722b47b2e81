"""What the documentation is built with: links to files of the repository, names and errors in docstrings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_ext"
MODULE = '''
class Lamp:
    """A lamp.

    ``on`` says whether it is lit; see `Lamp.switch`, and `nothing`.
    """

    @property
    def power(self):
        """The power: in watts, or None."""

    def switch(self):
        """Switch it.

        Raises:
            OSError, ValueError: it is broken, which
                happens.
            KeyError: it is gone.
        """
'''


@pytest.fixture
def build(tmp_path):
    """Build a site of files as `make docs` does, with extensions and settings; gives the folder of the site."""

    def build(files, **settings):
        conf = "".join(f"{name} = {value!r}\n" for name, value in settings.items())
        for path, text in {**files, "docs/conf.py": conf}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        ran = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "docs", "site"],
            cwd=tmp_path, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (EXTENSIONS, tmp_path)))})
        assert (ran.returncode, ran.stderr) == (0, "")
        return (tmp_path / "site").resolve()

    return build


def targets(page):
    """List the files that the links within the body of a page lead to."""
    body = page.read_text().partition('role="main"')[2].partition('role="navigation"')[0]
    found = re.findall(r'<a (?:class="reference external" )?href="([^"#]+)[^"]*"', body)
    return [(page.parent / unquote(link)).resolve() for link in found if "://" not in link]


FILES = {
    "docs/index.md": "# Site\n\n[a](../examples/a.py) [all](../examples) [read](../README.md#read-me)\n\n"
                     "```{toctree}\nhow/page\n```\n",
    "docs/how/page.md": "# Page\n\n[a](../../examples/a.py), [b](https://example.com/b.py)\n",
    "examples/a.py": "print('<hello>')\n",
    "examples/b.py": "",
    "README.md": "# Read me\n\n[a](examples/a.py)\n\n[page](docs/how/page.md#page)\n\n```python\nx = 1\n```\n",
}


def test_links_to_files_lead_to_pages_that_show_them(build):
    """From pages of any depth, from folders, and from Markdown that is shown itself, back into the documentation."""
    schemes = {"https": None, "repository": None}
    site = build(FILES, extensions=["myst_parser", "repository_files"], myst_url_schemes=schemes)
    shown = site / "repository"
    assert [shown / "examples/a.py.html", shown / "examples.html", shown / "README.md.html"] == [
        target for target in targets(site / "index.html") if target.is_relative_to(shown)]
    assert 'README.md.html#read-me"' in (site / "index.html").read_text()
    assert '<h1 id="read-me">' in (shown / "README.md.html").read_text()
    assert shown / "examples/a.py.html" in targets(site / "how/page.html")
    assert targets(shown / "examples.html") == [shown / "examples/a.py.html", shown / "examples/b.py.html"]
    assert targets(shown / "README.md.html") == [shown / "examples/a.py.html", site / "how/page.html"]
    assert all(target.exists() for page in shown.rglob("*.html") for target in targets(page))
    assert "&lt;hello&gt;" in (shown / "examples/a.py.html").read_text()


def test_docstrings_are_read_as_they_are_written(build):
    """A name is code, and a link where it is known; errors are listed one by one; a colon in a property is a colon."""
    page = "# Names\n\n```{eval-rst}\n.. autoclass:: lamps.Lamp\n   :members:\n```\n"
    site = build(
        {"docs/index.md": page, "lamps.py": MODULE}, extensions=["myst_parser", "sphinx.ext.autodoc", "docstrings"],
        default_role="name", nitpick_ignore=[("py:exc", name) for name in ("OSError", "ValueError", "KeyError")])
    text = (site / "index.html").read_text()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)).replace("&#8211;", "–").replace("&#39;", "'")
    assert re.search(r'href="#lamps\.Lamp\.switch"[^>]*><code[^>]*>.*?Lamp\.switch', text)
    assert re.search(r"and <code[^>]*>(<[^>]+>)*nothing", text)
    assert "The power: in watts, or None." in words
    for error in ("OSError", "ValueError"):
        assert f"{error} – it is broken, which happens." in words
    assert "KeyError – it is gone." in words
