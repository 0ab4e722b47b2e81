"""Links from a page to a file of the repository: `[the model](../examples/shop_api/models.py)`.

In a Markdown viewer they lead to the file. In the site they lead to a page that shows it, which is made here: sources
in colours, Markdown as text, folders as lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import relative_uri

SCHEME = "repository:"
PREFIX = "repository"
LINK = re.compile(r"(?<=\]\()(?P<path>(?:\.\.?/)*[\w./-]+)(?P<anchor>#[\w-]+)?(?=\))")


def target_of(page: Path, link: str, docs: Path) -> str | None:
    """Give the path, from the repository's root, that a link leads to; None for one within the documentation."""
    target = (page.parent / link).resolve()
    if target.is_relative_to(docs) or not target.is_relative_to(docs.parent) or not target.exists():
        return None
    return target.relative_to(docs.parent).as_posix()


def mark(app: Sphinx, docname: str, source: list[str]) -> None:
    """Mark the links of a page that leave the documentation, before they are read."""
    page, docs = Path(app.env.doc2path(docname)), Path(app.srcdir)

    def marked(link: re.Match[str]) -> str:
        target = target_of(page, link["path"], docs)
        return link[0] if target is None else f"{SCHEME}{target}{link['anchor'] or ''}"

    source[0] = LINK.sub(marked, source[0])


def lead(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let marked links lead to the pages that show the files."""
    for reference in doctree.findall(nodes.reference):
        uri: str = reference.get("refuri", "")
        if uri.startswith(SCHEME):
            path, hash_sign, anchor = uri.removeprefix(SCHEME).partition("#")
            reference["refuri"] = app.builder.get_relative_uri(docname, _page_name(path)) + hash_sign + anchor


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Make a page for each file that is linked to, for what is in a folder, and for what such a file links to."""
    docs = Path(app.srcdir)
    waiting = list(_linked(sorted(docs.rglob("*.md")), docs))
    made: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in made:
            continue
        made.add(path)
        file = docs.parent / path
        if file.is_dir():
            waiting += [f"{path}/{one.name}" for one in _files(file)]
        elif file.suffix == ".md":
            waiting += _linked([file], docs)
        yield _page_name(path), {"title": path, "body": _shown(app, file)}, "page.html"


def _linked(sources: Iterable[Path], docs: Path) -> Iterator[str]:
    for page in sources:
        for link in LINK.finditer(page.read_text(encoding="utf-8")):
            target = target_of(page, link["path"], docs)
            if target is not None:
                yield target


def _page_name(path: str) -> str:
    return f"{PREFIX}/{path}"


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if not one.name.startswith((".", "__pycache__")))


def _shown(app: Sphinx, file: Path) -> str:
    docs = Path(app.srcdir)
    heading = f"<h1>{escape(file.relative_to(docs.parent).as_posix())}</h1>"
    if file.is_dir():
        here = _page_name(file.relative_to(docs.parent).as_posix())
        rows = (f'<li><a href="{_relative(app, here, _page_name(one.relative_to(docs.parent).as_posix()))}">'
                f"{escape(one.name)}</a></li>" for one in _files(file))
        return f"{heading}<ul>{''.join(rows)}</ul>"
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return _rendered(app, _with_links(app, file, text))
    return heading + _coloured(app, text, "python" if file.suffix == ".py" else "text")


def _coloured(app: Sphinx, text: str, language: str) -> str:
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    return f'<div class="highlight-{language}">{app.builder.highlighter.highlight_block(text, language)}</div>'


def _rendered(app: Sphinx, text: str) -> str:
    """Make HTML of Markdown, with headings that can be linked to, and the theme's classes of tables and code."""
    markdown = MarkdownIt("gfm-like", {"linkify": False}).use(anchors_plugin, max_level=4)
    markdown.add_render_rule(
        "fence", lambda _self, tokens, at, *_: _coloured(app, tokens[at].content, tokens[at].info or "text"))
    rendered: str = markdown.render(text)
    rendered = rendered.replace("<table>", '<div class="table-wrapper"><table class="docutils">')
    return rendered.replace("</table>", "</table></div>").replace("<code>", '<code class="docutils literal">')


def _with_links(app: Sphinx, file: Path, text: str) -> str:
    docs = Path(app.srcdir)
    here = _page_name(file.relative_to(docs.parent).as_posix())

    def led(link: re.Match[str]) -> str:
        target = (file.parent / link["path"]).resolve()
        if target.is_relative_to(docs) and target.suffix == ".md":
            docname = target.relative_to(docs).with_suffix("").as_posix()
            return _relative(app, here, docname) + (link["anchor"] or "")
        path = target_of(file, link["path"], docs)
        return link[0] if path is None else _relative(app, here, _page_name(path)) + (link["anchor"] or "")

    return LINK.sub(led, text)


def _relative(app: Sphinx, here: str, there: str) -> str:
    return relative_uri(app.builder.get_target_uri(here), app.builder.get_target_uri(there))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the three steps."""
    app.connect("source-read", mark)
    app.connect("doctree-resolved", lead)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
