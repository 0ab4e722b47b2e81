"""What reading and writing ask of a type and its hooks before code is made for it."""

from __future__ import annotations

from enum import Enum, Flag
from typing import Any, get_args

from pynamite.entities.annotations import is_literal
from pynamite.wire import to_wire

__all__ = ["is_own", "stored_choices"]


def is_own(hook: Any) -> bool:
    """Tell whether a hook is the library's own, and not one that a converter was taught."""
    return str(getattr(hook, "__module__", "")).startswith("pynamite.entities.")


def stored_choices(kind: Any) -> tuple[str, list[tuple[Any, str]]] | None:
    """Give the choices of an Enum or a Literal with what each is stored as, and the DynamoDB type of all.

    None where that is no text or number, not the same type for all, or made of flags.
    """
    if not is_literal(kind) and issubclass(kind, Flag):
        return None
    choices = get_args(kind) if is_literal(kind) else tuple(kind)
    written = [to_wire(choice.value if isinstance(choice, Enum) else choice) for choice in choices]
    tags = {tag for wire in written for tag in wire}
    tag = tags.pop()
    if tags or tag not in {"S", "N"}:
        return None
    return tag, [(choice, wire[tag]) for choice, wire in zip(choices, written, strict=True)]
