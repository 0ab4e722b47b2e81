"""Writing planned entities as Python: laid out as ruff would, and the same each time."""

from __future__ import annotations

import json
import keyword
import textwrap
from collections.abc import Iterable, Sequence

import attrs

from pynamite.workbench.model import Model, ModelIndex, ModelTable
from pynamite.workbench.names import field_name, unique
from pynamite.workbench.plan import EntityPlan, PlannedField
from pynamite.workbench.shapes import Many, Plain, Record, RecordField, Shape

__all__ = ["TablePlan", "quoted", "write_source"]

_WIDTH = 88
_IMPORTED = {"Any", "Decimal", "DefinitionWarning", "Index", "Table", "attrs", "entity", "field", "warnings"}


@attrs.define(eq=False)
class TablePlan:
    """The entities of a table, the attribute that tells them apart, and those that only it tells apart.

    ``warnings`` is what declaring the table says of its keys.
    """

    table: ModelTable
    entities: list[EntityPlan]
    marker: str | None
    same_key: list[list[EntityPlan]]
    warnings: list[str] = attrs.field(factory=list)


def write_source(model: Model, plans: Sequence[TablePlan]) -> str:
    """Write the module: classes for maps, entities, and the tables that hold them."""
    return _Writer(model, plans).source()


def quoted(text: str) -> str:
    """Write a text as a Python literal, in double quotes unless it has some.

    >>> print(quoted("USER#<id>"), quoted('say "hi"'))
    "USER#<id>" 'say "hi"'
    """
    written = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")
    if '"' in text and "'" not in text:
        return "'" + written[1:-1].replace('\\"', '"') + "'"
    return written


@attrs.frozen
class _Bracketed:
    """An argument that has entries of its own, ``indexes={...}`` or ``Index(...)``, and may need several lines."""

    head: str
    entries: tuple[Argument, ...]
    tail: str

    def __str__(self) -> str:
        # A tuple of one has a comma.
        comma = "," if self.head.endswith((": (", "=(")) and len(self.entries) == 1 else ""
        return f"{self.head}{', '.join(map(str, self.entries))}{comma}{self.tail}"

    @property
    def is_call(self) -> bool:
        """Tell whether it is a call, whose arguments may stand on one line below it."""
        return self.head.endswith("(") and self.head[-2:-1].isalnum()

    def laid_out(self, indent: int, behind: int = 0) -> str:
        """Write it from a column on, with ``behind`` characters after it: on one line if it fits."""
        flat = str(self)
        if indent + len(flat) + behind <= _WIDTH:
            return flat
        inside = ", ".join(map(str, self.entries))
        if self.is_call and indent + 4 + len(inside) <= _WIDTH:
            return f"{self.head}\n{' ' * (indent + 4)}{inside}\n{' ' * indent}{self.tail}"
        lines = [_laid_out(entry, indent + 4) for entry in self.entries]
        return "\n".join([self.head, *(f"{' ' * (indent + 4)}{line}," for line in lines), f"{' ' * indent}{self.tail}"])


Argument = str | _Bracketed


def _laid_out(argument: Argument, indent: int) -> str:
    return argument if isinstance(argument, str) else argument.laid_out(indent, behind=1)


class _Writer:
    """Writes one module; classes of maps get their names as they are met."""

    def __init__(self, model: Model, plans: Sequence[TablePlan]) -> None:
        self.model, self.plans = model, plans
        self.taken = {*_IMPORTED, *(entity.name for plan in plans for entity in plan.entities)}
        self.records: dict[tuple[str, tuple[RecordField, ...]], str] = {}
        self.blocks: list[str] = []
        self.used: set[str] = set()

    def source(self) -> str:
        for plan in self.plans:
            for own in plan.entities:
                text = self.entity(plan, own)  # The classes that it needs are in front of it by then.
                self.blocks.append(text)
            self.blocks.append(self.table(plan))
        warned = any(plan.warnings for plan in self.plans)
        standard = ["import warnings"] if warned else []
        standard += [
            f"from {home} import {name}"
            for home, name in (("decimal", "Decimal"), ("typing", "Any"))
            if name in self.used
        ]
        ours = sorted({"Table", "entity", *(self.used & {"Index", "field"})}, key=lambda name: (name.islower(), name))
        third = ["import attrs", ""] if "attrs" in self.used else []
        third.append(f"from pynamite import {', '.join(ours)}")
        third += ["from pynamite.errors import DefinitionWarning"] if warned else []
        parts = [_docstring(self.docstring(), ""), "from __future__ import annotations"]
        parts += ["\n".join(standard)] if standard else []
        parts.append("\n".join(third).replace("\n\n", "\n"))
        return "\n\n".join(parts) + "\n\n\n" + "\n\n\n".join(self.blocks) + "\n"

    def docstring(self) -> str:
        title = self.model.name or "without a name"
        return f"Entities and tables of the NoSQL Workbench model {title!r}."

    # Classes.

    def entity(self, plan: TablePlan, own: EntityPlan) -> str:
        arguments: list[Argument] = [f"pk={quoted(own.pk)}"]
        arguments += [f"sk={quoted(own.sk)}"] if own.sk is not None else []
        if own.indexes:
            entries = tuple(_Bracketed(f"{quoted(name)}: (", _form(parts), ")") for name, parts in own.indexes.items())
            arguments.append(_Bracketed("indexes={", entries, "}"))
        if own.type_value is not None and own.type_value != own.name:
            arguments.append(f"type={quoted(own.type_value)}")
        lines = [_Bracketed("@entity(", tuple(arguments), ")").laid_out(0), f"class {own.name}:"]
        lines.append(_docstring(_told_of(plan, own), "    "))
        fields = self.fields(own.fields)
        return "\n".join([*lines, "", *fields] if fields else lines)

    def fields(self, fields: Iterable[PlannedField | RecordField]) -> list[str]:
        # What has no default stands in front: readers look for it there.
        ordered = sorted(fields, key=lambda own: not own.required)
        return [self.field(own) for own in ordered]

    def field(self, own: PlannedField | RecordField) -> str:
        kind = self.annotation(own.shape)
        if (own.nullable or not own.required) and kind != "Any":
            kind += " | None"
        options = ["key_only=True"] if own.attribute is None else []
        if own.attribute is not None and own.attribute != own.name:
            options.append(f"name={quoted(own.attribute)}")
        if not options:
            return f"    {own.name}: {kind}" + ("" if own.required else " = None")
        self.used.add("field")
        options += [] if own.required else ["default=None"]
        return "    " + _Bracketed(f"{own.name}: {kind} = field(", tuple(options), ")").laid_out(4)

    def annotation(self, shape: Shape) -> str:
        if isinstance(shape, Plain):
            self.used |= {name for name in ("Any", "Decimal") if name in shape.text}
            return shape.text
        if isinstance(shape, Many):
            inner = self.annotation(shape.inner) + (" | None" if shape.nullable else "")
            return f"list[{inner}]" if shape.kind == "list" else f"dict[str, {inner}]"
        return self.record(shape)

    def record(self, shape: Record) -> str:
        key = (shape.title, shape.fields)
        if key not in self.records:
            body = self.fields(shape.fields)
            self.records[key] = unique(shape.title, self.taken)
            self.taken.add(self.records[key])
            self.used.add("attrs")
            head = f"@attrs.define(kw_only=True)\nclass {self.records[key]}:\n"
            text = _docstring(f"A map under {shape.title!r} in items.", "    ")
            self.blocks.append(head + "\n".join([text, "", *body]))
        return self.records[key]

    # Tables.

    def table(self, plan: TablePlan) -> str:
        table = plan.table
        name = unique(field_name(table.name), {*self.taken, *keyword.kwlist, "str", "int", "set", "list", "dict"})
        self.taken.add(name)
        arguments: list[Argument] = [quoted(table.name), *(own.name for own in plan.entities)]
        if table.indexes:
            self.used.add("Index")
            arguments.append(_Bracketed("indexes=[", tuple(_index(own, table) for own in table.indexes), "]"))
        if table.partition.name != "PK":
            arguments.append(f"pk={quoted(table.partition.name)}")
        if table.sort is None or table.sort.name != "SK":
            arguments.append("sk=None" if table.sort is None else f"sk={quoted(table.sort.name)}")
        if plan.marker != "_type":
            arguments.append("type_attribute=" + ("None" if plan.marker is None else quoted(plan.marker)))
        if plan.same_key:
            groups = tuple(_Bracketed("(", tuple(own.name for own in group), ")") for group in plan.same_key)
            arguments.append(_Bracketed("same_key=[", groups, "]"))
        call = _Bracketed(f"{name} = Table(", tuple(arguments), ")")
        if not plan.warnings:
            return call.laid_out(0)
        comment = "    # Sort keys of the model begin alike, so that a beginning does not tell entities apart."
        lines = ["with warnings.catch_warnings():", comment, '    warnings.simplefilter("ignore", DefinitionWarning)']
        return "\n".join([*lines, f"    {call.laid_out(4)}"])


def _told_of(plan: TablePlan, own: EntityPlan) -> str:
    """Say what a class is in the model."""
    group = own.group
    many = f"{len(group.rows)} row{'s' * (len(group.rows) != 1)}"
    if len(group.facets) > 1:
        names = ", ".join(map(repr, group.facets))
        head = f"The facets {names} of table {plan.table.name!r} ({many})."
    elif group.facets:
        head = f"The facet {group.facets[0]!r} of table {plan.table.name!r} ({many})."
    else:
        head = f"Items {group.title!r} of table {plan.table.name!r} ({many})."
    return "\n\n".join([head, *(note[0].upper() + note[1:] + "." for note in own.notes)])


def _form(parts: Sequence[str | None]) -> tuple[Argument, ...]:
    return tuple("None" if part is None else quoted(part) for part in parts)


def _index(index: ModelIndex, table: ModelTable) -> _Bracketed:
    schema = next(own for own in table.index_schemas if own.name == index.name)
    arguments: list[Argument] = [quoted(index.name)]
    if not index.local and index.partition.name != f"{index.name}PK":
        arguments.append(f"pk={quoted(index.partition.name)}")
    sort = None if index.sort is None else index.sort.name
    if sort != f"{index.name}SK":
        arguments.append("sk=None" if sort is None else f"sk={quoted(sort)}")
    if schema.projection != "ALL":
        names = schema.projection
        held: Argument = (
            f"projection={quoted(names)}"
            if isinstance(names, str)
            else (_Bracketed("projection=[", tuple(map(quoted, names)), "]"))
        )
        arguments.append(held)
    arguments += ["local=True"] if index.local else []
    return _Bracketed("Index(", tuple(arguments), ")")


def _docstring(text: str, indent: str) -> str:
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    text = text[:-1] + '\\"' if text.endswith('"') else text
    paragraphs = [
        textwrap.fill(
            own,
            _WIDTH - len(indent),
            initial_indent=indent if number else f'{indent}"""',
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, own in enumerate(text.split("\n\n"))
    ]
    joined = "\n\n".join(paragraphs)
    if "\n" not in joined and len(joined) + 3 <= _WIDTH:
        return f'{joined}"""'
    return f'{joined}\n{indent}"""'
