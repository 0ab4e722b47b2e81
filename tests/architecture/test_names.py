"""What is public is named, sorted and described."""

from __future__ import annotations

import re

import pytest


def in_order(name):
    """Sort as ruff does: CONSTANTS, then Classes, then functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def test_every_module_says_what_is_public(modules):
    """Each module that has something in it has an `__all__`."""
    silent = [name for name, module in modules.items()
              if not hasattr(module, "__all__") and not hasattr(module, "__path__")]
    assert silent == []


def test_every_public_name_is_there(modules):
    """What `__all__` promises can be imported."""
    missing = [f"{name}.{one}" for name, module in modules.items()
               for one in getattr(module, "__all__", ()) if not hasattr(module, one)]
    assert missing == []


def test_public_names_are_sorted_and_told_once(modules):
    """`__all__` is in order, so that a look tells whether a name is in it."""
    unsorted = [name for name, module in modules.items()
                if list(getattr(module, "__all__", ())) != sorted(set(getattr(module, "__all__", ())), key=in_order)]
    assert unsorted == []


@pytest.mark.parametrize("word", ["util", "utils", "core", "base", "helper", "helpers", "common", "misc"])
def test_no_module_has_a_name_that_says_nothing(modules, word):
    """A module is called by what it holds."""
    assert [name for name in modules if name.rpartition(".")[2] == word] == []
