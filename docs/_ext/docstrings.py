"""The docstrings of the package, which are written to be read as they stand: `put_many`, ``where``, sections "Raises:".

A single pair of backticks is code, and a link if one documented thing alone has that name. Classes are documented where
they are imported from (`pynamite.Table`), while annotations know where they are made (`pynamite.table.Table`): both are
found by the last part of the name. What an annotation names and nobody imports, a TypeVar say, is text.

(sphinx.ext.napoleon reads "Raises:" as well, but takes a colon in the first sentence of a property for its type.)
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.nodes import make_refnode

LIGHT = "light"
OWN = "pynamite"
RAISED = re.compile(r" {4}(?P<names>[A-Z]\w+(?:, [A-Z]\w+)*): (?P<why>.*)")


def name_role(_name: str, rawtext: str, text: str, *_more: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Make code of a name, which may become a link."""
    code = nodes.literal(rawtext, text, classes=["py"])
    if not all(part.isidentifier() for part in text.split(".")):
        return [code], []
    return [addnodes.pending_xref(rawtext, code, reftype=LIGHT, refdomain="", reftarget=text, refwarn=False)], []


def find(app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.TextElement) -> Any:
    """Find what a name leads to; one that leads nowhere and is not there either is left to be complained of."""
    light = node["reftype"] == LIGHT
    if not light and node.get("refdomain") != "py":
        return None
    target: str = node["reftarget"]
    found = _documented(env, target if light else target.rpartition(".")[2])
    if len(found) == 1:
        name, entry = found[0]
        return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, content, name)
    return content if light or _is_there(target) else None


def _documented(env: BuildEnvironment, name: str) -> list[tuple[str, Any]]:
    objects = env.domains.python_domain.objects
    exact = f"{OWN}.{name}"
    if exact in objects:
        return [(exact, objects[exact])]
    return [(full, entry) for full, entry in objects.items() if full == name or full.endswith(f".{name}")]


def _is_there(target: str) -> bool:
    """Tell whether a full name is that of something in the package."""
    module, _, name = target.rpartition(".")
    if not module.startswith(OWN):
        return False
    try:
        return hasattr(import_module(module), name)
    except ModuleNotFoundError:
        return False


def read_raises(_app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Turn a section "Raises:" into a list of fields, each error by itself."""
    if "Raises:" not in lines:
        return
    start = lines.index("Raises:")
    end = next((at for at, line in enumerate(lines[start + 1:], start + 1) if line and line[0] != " "), len(lines))
    told: list[tuple[list[str], list[str]]] = []
    for line in lines[start + 1:end]:
        raised = RAISED.fullmatch(line)
        if raised:
            told.append((raised["names"].split(", "), [raised["why"]]))
        elif line.strip() and told:
            told[-1][1].append(line.strip())
    fields = [f":raises {name}: {' '.join(why)}" for names, why in told for name in names]
    lines[start:end] = ["", *fields, ""]


def hide_signature(
    app: Sphinx, what: str, name: str, obj: Any, _options: Any, signature: str | None, returned: str | None,
) -> tuple[str | None, str | None]:
    """Leave the constructor out where nobody calls it but the library."""
    if what == "class" and inspect.isclass(obj) and name.rpartition(".")[2] in app.config.made_by_the_library:
        return "", None
    return signature, returned


def forget_overloads(app: Sphinx) -> None:
    """Let the pages tell one signature where a type checker reads many: ``module:Class.method``."""
    for one in app.config.told_without_overloads:
        module, _, name = one.partition(":")
        analyzer = ModuleAnalyzer.for_module(module)
        analyzer.analyze()
        del analyzer.overloads[name]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the role, and what reads docstrings."""
    app.add_config_value("made_by_the_library", [], "env")
    app.add_config_value("told_without_overloads", [], "env")
    app.connect("builder-inited", forget_overloads)
    app.add_role("name", name_role)
    app.connect("missing-reference", find)
    app.connect("autodoc-process-docstring", read_raises)
    app.connect("autodoc-process-signature", hide_signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
