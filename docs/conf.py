"""How the documentation is built: `make docs`."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "pynamite"
author = "The pynamite authors"
copyright = author
release = version_of("pynamite-orm")
html_title = f"pynamite {release}"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "docstrings",
    "repository_files",
]
exclude_patterns = ["_build", "_ext", "_static", "images"]

# Headings are targets, under the names that GitHub gives them: (indexes.md#projections).
myst_heading_anchors = 4
# <img> is a picture of the site, too.
myst_enable_extensions = ["html_image"]
# The last one is what a link to a file of the repository becomes (_ext/repository_files.py).
myst_url_schemes = {"http": None, "https": None, "mailto": None, "repository": None}

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {"navigation_with_keys": True}
html_show_sphinx = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# `name` in a docstring is code, and leads to what it names where that is known (_ext/docstrings.py).
default_role = "name"
made_by_the_library = [
    "AccessPattern", "Aggregate", "Attribute", "Batch", "BucketQuery", "Change", "Condition", "Groups",
    "Measured", "Page", "Pending", "Query", "ReadTransaction", "Server", "Store", "StreamRecord", "Transaction",
    "TransactionRepository", "View",
]
told_without_overloads = [
    "pynamite.entities.fields:field", "pynamite.store:Store.collection", "pynamite.store:Store.aggregate",
]
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "inherited-members": "Exception,Generic"}
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
maximum_signature_line_length = 100
python_use_unqualified_type_names = True

# Names of Python's and of other libraries: the build asks nobody on the network where they are told.
nitpick_ignore_regex = [
    (r"py:.*", r"(builtins|collections|datetime|decimal|os|pathlib|types|typing)\..*"),
    (r"py:.*", r"(attrs?|boto3|botocore|cattrs|pytest)\..*"),
    # Where an annotation is of pandas, which nobody needs to have, the whole signature stays text.
    (r"py:class", r"E|Progress|pd\.DataFrame"),
]


def setup(app: Any) -> None:
    """Show diagrams of Mermaid, which GitHub draws, as their text."""
    app.add_lexer("mermaid", TextLexer)
