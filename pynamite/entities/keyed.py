"""What is wrong with the fields that keys are made of: values that a key does not hold, cases that never come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamite.entities.structs import FieldPlan
from pynamite.entities.values import Computed
from pynamite.key.codecs import codec_for
from pynamite.key.template import KeyTemplate
from pynamite.key.variants import Choice, KeyVariants
from pynamite.wire import Misfit

__all__ = ["case_problems", "circles", "key_only_problems"]


def key_only_problems(
    name: str, fields: Mapping[str, FieldPlan], templates: Sequence[KeyTemplate | KeyVariants]
) -> list[str]:
    """Find the key_only fields whose values the templates of the table key do not hold."""
    found: list[str] = []
    named = {field for template in templates for field in template.fields}
    for plan in fields.values():
        if not plan.options.key_only:
            continue
        field = f"field {plan.name!r} of entity {name!r} is key_only, but "
        readable = [_readable(template, plan.name) for template in templates]
        if plan.name not in named:
            found.append(field + "no placeholder of its keys names it: its value would be lost")
        elif not any(any(each) for each in readable):
            found.append(
                field + "no placeholder of its keys could be read back to its value: leave key_only out, or use "
                "another codec"
            )
        elif not any(all(each) for each in readable) and (not plan.optional or plan.default is not None):
            found.append(
                field + "not every template of its keys holds it: declare it `... | None = field(default=None, "
                "key_only=True)`, or leave key_only out"
            )
    return found


def _readable(template: KeyTemplate | KeyVariants, field: str) -> list[bool]:
    """Tell for each variant of a template whether a field's value can be read from its keys."""
    if isinstance(template, KeyVariants) and template.field == field:
        return [True]
    return [
        any(gap.field == field and gap.codec.decode is not None for gap in one.gaps) for one in template.templates
    ]


def case_problems(
    name: str, where: str, choice: Choice, types: Mapping[str, Any], computed: Mapping[str, Computed]
) -> list[str]:
    """Find the cases of a choice that its field never has, and those that make the same key."""
    found: list[str] = []
    field = choice.field
    if field is not None and field in types and field not in computed and types[field] is not None:
        try:
            codec = codec_for(types[field])
        except Misfit as misfit:
            return [f"entity {name!r} chooses its {where} by {field!r}, which {misfit.problems[0][1]}"]
        for case, _ in choice.cases:
            if case is None:
                continue
            try:
                codec.encode(case)
            except Misfit as misfit:
                found.append(
                    f"entity {name!r} has a template of its {where} for {field}={case!r}, which it never is: "
                    f"{misfit.problems[0][1]}"
                )
    texts = [text for _, text in choice.cases]
    # In an index several values may well share a key; in the table they would share an item.
    if "index" not in where or field is None:
        found += [
            f"entity {name!r} has the template {text!r} twice in the choice of its {where}: set the templates apart"
            for text in dict.fromkeys(texts)
            if texts.count(text) > 1
        ]
    return found


def circles(name: str, computed: Mapping[str, Computed]) -> list[str]:
    """Find what is computed from itself."""
    found: list[str] = []
    for one in computed:
        seen: set[str] = set()
        following = list(computed[one].parameters)
        while following:
            parameter = following.pop()
            if parameter == one:
                found.append(f"entity {name!r} computes {one!r} from itself: compute it from fields")
                break
            if parameter in computed and parameter not in seen:
                seen.add(parameter)
                following += computed[parameter].parameters
    return found
