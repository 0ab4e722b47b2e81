"""Instances as JSON."""

from __future__ import annotations

from typing import Any

from cattrs.preconf.json import make_converter

_converter = make_converter()


def shown(thing: Any) -> Any:
    """Give an instance, or a list of them, as what goes into an answer: a moment as text, a set as a sorted list."""
    return _converter.unstructure(thing)


_converter.register_unstructure_hook_func(lambda cls: cls == set[str], sorted)
