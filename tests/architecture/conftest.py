"""The package as its source files see it."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import pynamite

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root():
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def modules():
    """Every module of the package by its name, but for `__main__`, which runs when it is imported."""
    names = [found.name for found in pkgutil.walk_packages(pynamite.__path__, "pynamite.")]
    return {name: importlib.import_module(name) for name in ["pynamite", *names] if not name.endswith("__main__")}


@pytest.fixture(scope="session")
def sources():
    """The text of every source file of the package, by its path from the project's folder."""
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "pynamite").rglob("*.py"))}
