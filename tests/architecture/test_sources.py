"""What holds for the text of every module, and of every test."""

from __future__ import annotations

import ast
import re

import pytest

LONGEST_MODULE = 500
# In brackets, so that this file does not hold what it forbids.
LEFT_OPEN = re.compile(r"\b([T]ODO|[F]IXME|[X]XX|[H]ACK|[N]otImplementedError)\b")
OTHER_WORDS = {
    r"\bhash key\b": "partition key",
    r"\brange key\b": "sort key",
    r"\bddb\b": "db",
}
SPEAKS_AS_THE_SERVICE = "pynamite/local"
MAY_PRINT = ("pynamite/cli/", "pynamite/__main__.py")


@pytest.fixture(scope="module")
def trees(sources):
    """Every source parsed: pairs of a path and its tree."""
    return [(path, ast.parse(text)) for path, text in sources.items()]


def described(node):
    """Tell whether a definition says what it is for: by a docstring, or as one of a protocol's bodiless methods."""
    return ast.get_docstring(node) is not None or (len(node.body) == 1 and ast.unparse(node.body[0]) == "...")


def public_definitions(node, prefix=""):
    """Walk the functions, classes and methods that no underscore hides; overloads are told by their implementation."""
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or inner.name.startswith("_"):
            continue
        yield prefix + inner.name, inner
        if isinstance(inner, ast.ClassDef):
            yield from public_definitions(inner, f"{prefix}{inner.name}.")


def test_no_module_has_run_away(sources):
    """No module is longer than 500 lines."""
    assert {path: text.count("\n") for path, text in sources.items() if text.count("\n") > LONGEST_MODULE} == {}


def test_every_public_definition_has_a_docstring(trees):
    """Each module, class, function and method says what it is for."""
    bare = [f"{path}: {name}" for path, tree in trees
            for name, node in public_definitions(tree) if not described(node)]
    bare += [path for path, tree in trees if tree.body and ast.get_docstring(tree) is None]
    assert bare == []


def test_nothing_prints(trees):
    """The library is silent: what it has to say it returns, raises or logs."""
    calls = [f"{path}:{node.lineno}" for path, tree in trees if not path.startswith(MAY_PRINT)
             for node in ast.walk(tree)
             if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"})
             or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout", "sys.__stdout__"})]
    assert calls == []


def test_nothing_is_left_open(root):
    """No mark of unfinished work stands in the package, the examples or the tests."""
    files = [path for folder in ("pynamite", "examples", "tests") for path in (root / folder).rglob("*.py")]
    assert [str(path) for path in files if LEFT_OPEN.search(path.read_text())] == []


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_one_word_for_each_thing(root, word):
    """The package and its documentation use one vocabulary."""
    files = [path for folder, kind in (("pynamite", "*.py"), ("docs", "*.md"), ("examples", "*.py"))
             for path in (root / folder).rglob(kind) if not path.is_relative_to(root / SPEAKS_AS_THE_SERVICE)]
    wrong = [str(path.relative_to(root)) for path in [*files, root / "README.md"] if re.search(word, path.read_text())]
    assert wrong == [], f"say {OTHER_WORDS[word]!r}"


def test_every_test_says_what_it_shows(root):
    """Each test has a docstring."""
    silent = [f"{path.relative_to(root)}: {node.name}" for path in sorted((root / "tests").rglob("test_*.py"))
              for node in ast.walk(ast.parse(path.read_text()))
              if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)]
    assert silent == []


def test_no_merge_is_left_half_done(root):
    """No text of the project, whatever it is written in, has both sides of a conflict in it."""
    # In brackets, so that this file does not hold what it forbids.
    conflict = re.compile(r"^([<]{7} |[>]{7} |[|]{7} )", re.MULTILINE)
    folders = ("pynamite", "tests", "docs", "examples", "benchmarks", ".ci")
    texts = [
        path for folder in folders for path in (root / folder).rglob("*")
        if path.suffix in {"", ".py", ".md", ".toml", ".js", ".css", ".html", ".json", ".txt"} and path.is_file()
    ]
    texts += [root / name for name in ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml")]
    assert len(texts) > 500
    assert [str(path) for path in texts if conflict.search(path.read_text(encoding="utf-8", errors="replace"))] == []
