"""The part of a write that its condition makes."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer

__all__ = ["conditional"]


def conditional(renderer: Renderer, condition: nodes.Condition | None, *,
                old_on_failure: bool = True) -> dict[str, Any]:
    """Give the parameters of a write that depend on its condition, with all names and values of ``renderer``."""
    parameters: dict[str, Any] = {}
    if condition is not None:
        parameters["ConditionExpression"] = renderer.condition(condition)
        if old_on_failure:
            parameters["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    parameters.update(renderer.parameters())
    return parameters
