"""The plan of an entity class: its key templates and its fields, found in the rows of a group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import attrs

from pynamite.key.schema import KeyAttribute
from pynamite.wire import Item
from pynamite.workbench.groups import Group
from pynamite.workbench.keys import CONSTANTS, Gap, Piece, is_generic, outlines, prefix_of
from pynamite.workbench.model import ModelTable
from pynamite.workbench.names import any_like, field_name, normalized, singular, unique, words
from pynamite.workbench.shapes import ANY, Many, Plain, Shape, shape_of

__all__ = ["EntityPlan", "PlannedField", "plan_entity"]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*")
_DECLARED = {
    "S": "str",
    "N": "Decimal",
    "B": "bytes",
    "BOOL": "bool",
    "NULL": "Any",
    "SS": "set[str]",
    "NS": "set[Decimal]",
    "BS": "set[bytes]",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@attrs.frozen
class PlannedField:
    """A field: where its value is kept (``attribute`` is None for what lives in the key alone), and its type."""

    name: str
    attribute: str | None
    shape: Shape
    nullable: bool = False
    required: bool = True


@attrs.define(eq=False)
class EntityPlan:
    """A class to be written; ``indexes`` has the templates of index keys, None where a field fills the part itself."""

    group: Group
    name: str
    pk: str
    sk: str | None
    indexes: dict[str, tuple[str | None, ...]]
    fields: list[PlannedField]
    type_value: str | None = None
    notes: list[str] = attrs.field(factory=list)

    @property
    def form(self) -> tuple[object, ...]:
        """What another entity's keys may not be like, unless a type tells them apart: names do not matter."""
        order: dict[str, int] = {}
        types = {own.name: own.shape for own in self.fields}
        found: list[object] = []
        for text in (self.pk, self.sk or ""):
            for literal, name, codec in re.findall(r"([^<]+)|<(\w+)(:[^>]*)?>", text):
                found.append(literal or (order.setdefault(name, len(order)), codec, types.get(name)))
            found.append(None)
        return tuple(found)


def plan_entity(
    group: Group, table: ModelTable, marker: str | None, name: str, unseen: Sequence[str] = ()
) -> EntityPlan:
    """Plan the class of a group.

    ``marker`` is the attribute that names the type, which is no field; ``unseen`` are index keys that no row has, and
    that this class has to declare, as it is its fields that tell their types.
    """
    return _Planner(group, table, marker).plan(name, unseen)


class _Planner:
    """Finds the fields of one entity, and the templates over them."""

    def __init__(self, group: Group, table: ModelTable, marker: str | None) -> None:
        self.group, self.table, self.marker = group, table, marker
        self.rows = group.rows
        own = {part.name for part in table.keys}
        self.index_keys = {part.name: part for index in table.indexes for part in index.keys if part.name not in own}
        seen = [name for row in self.rows for name in row]
        listed = [*group.attributes, *(declared.name for declared in table.attributes)]
        if self.rows:
            listed = [name for name in listed if name in set(seen)]
        elif group.attributes:
            listed = [name for name in listed if name in set(group.attributes)]
        self.names = [name for name in dict.fromkeys([*listed, *seen]) if name not in own and name != marker]
        self.fields: dict[str, PlannedField] = {}
        self.by_attribute: dict[str, str] = {}
        for attribute in self.names:
            field = unique(field_name(attribute), self.by_attribute.values())
            self.by_attribute[attribute] = field
        self.gaps: dict[tuple[str, ...], str] = {}
        self.known: dict[tuple[str, ...], Gap] = {}
        self.taken = set(self.by_attribute.values())
        self.key_fields: list[PlannedField] = []
        self.notes: list[str] = []

    def plan(self, name: str, unseen: Sequence[str]) -> EntityPlan:
        templates = [self.table_key(number, part) for number, part in enumerate(self.table.keys)]
        kept, indexes = self.index_templates()
        fields = [*self.key_fields, *(self.field(own) for own in self.names if own not in kept)]
        fields += self.unseen_index_keys(unseen)
        sk = templates[1] if len(templates) > 1 else None
        return EntityPlan(self.group, name, templates[0], sk, indexes, fields, notes=[*self.group.notes, *self.notes])

    def texts(self, attribute: str, rows: Sequence[Item]) -> tuple[str | None, ...]:
        """Give an attribute's values as they would stand in a key, None where they could not."""
        kinds = {next(iter(row[attribute])) for row in self.rows if attribute in row}
        if kinds not in ({"S"}, {"N"}):
            return (None,) * len(rows)
        (kind,) = kinds
        values = [row[attribute][kind] if attribute in row else None for row in self.rows]
        if kind == "N" and any(value is not None and "." in value for value in values):
            return (None,) * len(rows)
        return tuple(row[attribute][kind] or None if attribute in row else None for row in rows)

    def sources(self, rows: Sequence[Item]) -> dict[str, tuple[str | None, ...]]:
        """Give the attributes whose values may stand in keys."""
        found = {}
        for attribute in self.names:
            if attribute in self.index_keys and is_generic(attribute):
                continue
            texts = self.texts(attribute, rows)
            if any(text is not None for text in texts):
                found[attribute] = texts
        return found

    # The table's keys.

    def table_key(self, number: int, part: KeyAttribute) -> str:
        if part.type != "S" or not self.rows:
            return self.rowless_key(number, part) if not self.rows else self.natural(part)
        texts: list[str] = [row[part.name]["S"] for row in self.rows]
        if self.group.sharp and number == 1 and len(set(texts)) == 1 and "<" not in texts[0]:
            return texts[0]
        complete = {name: own for name, own in self.sources(self.rows).items() if None not in own}
        alias = self.group.aliases[number]
        if alias is not None and is_generic(alias):
            alias = None
        steady = number == 1 and len({str(row[self.table.partition.name]) for row in self.rows}) > 1
        found = list(outlines(texts, complete, alias=alias, generic=is_generic(part.name), steady=steady))
        usable = [own for own in found if self.is_template(own)]
        chosen = usable[min(self.group.level, len(usable) - 1)]
        if len({prefix_of(text) for text in texts}) > 1 and chosen == usable[-1] and is_generic(part.name):
            self.notes.append(f"The texts of {part.name!r} have no form in common, so that a field holds all of it")
        return self.template(chosen, part)

    def is_template(self, outline: tuple[Piece, ...]) -> bool:
        """Tell whether the literals can be written in a template, and whether it reads the texts as it should."""
        if any("<" in piece for piece in outline if isinstance(piece, str)):
            return False
        return not any(
            isinstance(piece, Gap) and (isinstance(following, Gap) or any(following in own for own in piece.texts))
            for piece, following in pairwise(outline)
        )

    def natural(self, part: KeyAttribute, alias: str | None = None) -> str:
        """Make the key attribute a field of its own."""
        name = alias if alias and not is_generic(alias) and re.fullmatch(r"[\w .-]+", alias) else part.name
        own = unique(field_name(name), self.taken)
        self.taken.add(own)
        shape: Shape = Plain({"S": "str", "N": "int", "B": "bytes"}[part.type])
        if self.rows:
            shape, _ = shape_of([row[part.name] for row in self.rows], part.name)
        self.key_fields.append(PlannedField(own, part.name, shape))
        self.gaps.setdefault(tuple(str(row[part.name].get("S", "")) for row in self.rows), own)
        return f"<{own}>"

    def rowless_key(self, number: int, part: KeyAttribute) -> str:
        """Make the key of a facet without rows of its alias, where that is a template."""
        alias = self.group.aliases[number]
        if part.type == "S" and alias and number == 1 and alias.lower() in CONSTANTS and not is_generic(alias):
            return alias
        if part.type != "S" or not alias or is_generic(alias) or not re.search(r"[#:|/<{]", alias):
            return self.natural(part, alias)
        pieces: list[str] = []
        for text, bracketed in re.findall(r"([^<>{}#:|/]+|[#:|/]+)|[<{]([^<>{}]+)[>}]", alias):
            word = bracketed.partition(":")[0] if bracketed else text
            if not bracketed and (re.fullmatch(r"[#:|/]+", text) or text.isupper()):
                pieces.append(text)
                continue
            if pieces and pieces[-1].startswith("<"):
                return self.natural(part)
            own = any_like(word, self.names)
            pieces.append(f"<{self.by_attribute[own] if own and self.keyable(own) else self.key_only(word, part)}>")
        return "".join(pieces)

    def keyable(self, attribute: str) -> bool:
        return any(own.name == attribute and own.type == "S" for own in self.table.attributes)

    def key_only(self, name: str, part: KeyAttribute) -> str:
        wanted = field_name(name or part.name)
        own = next((field.name for field in self.key_fields if field.name == wanted and not self.rows), None)
        if own is None:
            own = f"{wanted}_key" if wanted in self.by_attribute.values() else wanted
            own = unique(own, self.taken)
            self.taken.add(own)
            self.key_fields.append(PlannedField(own, None, Plain("str")))
        return own

    def template(self, outline: tuple[Piece, ...], part: KeyAttribute) -> str:
        whole = outline[0] if len(outline) == 1 else None
        if isinstance(whole, Gap) and not whole.attribute and not self.repeats(whole) and not is_generic(part.name):
            return self.natural(part, whole.alias)
        single = sum(isinstance(piece, Gap) for piece in outline) == 1
        return "".join(piece if isinstance(piece, str) else f"<{self.gap(piece, part, single)}>" for piece in outline)

    def gap(self, gap: Gap, part: KeyAttribute, single: bool) -> str:
        if gap.attribute is not None:
            own = self.by_attribute[gap.attribute]
            if not gap.codec:
                self.gaps.setdefault(gap.texts, own)
                self.known.setdefault(gap.texts, gap)
            return f"{own}:{gap.codec}" if gap.codec else own
        if self.repeats(gap):
            return self.gaps[gap.texts]
        alias = gap.alias or (part.name if single and not is_generic(part.name) else self.guess(gap))
        own = self.key_only(alias, part)
        self.gaps[gap.texts] = own
        self.known[gap.texts] = gap
        return own

    def repeats(self, gap: Gap) -> bool:
        """Tell whether a text stands in the key for the second time, and not by chance."""
        if gap.texts not in self.gaps:
            return False
        known = self.known.get(gap.texts, Gap(gap.texts))
        before = [own.after.strip("#").lower() for own in (gap, known)]
        if gap.after and gap.after == known.after:
            return True
        if len(set(gap.texts)) > 1:
            # "o#1" and "i#1" in two rows may be numbers of their own.
            return not all(before) or before[0] in CONSTANTS or len(set(gap.texts)) > 2
        if gap.alias and known.alias:
            return normalized(gap.alias) == normalized(known.alias)
        return len(gap.texts[0]) > 5 and not gap.texts[0].isdecimal()

    def guess(self, gap: Gap) -> str:
        """Name a gap by the literal in front of it, or by what is in it."""
        before = words(gap.after)
        if all(_DATE.fullmatch(text) for text in gap.texts):
            return "date"
        if all(_MOMENT.fullmatch(text) for text in gap.texts):
            return "moment"
        if not before:
            return ""
        word = before[-1].lower()
        title = field_name(singular(self.group.title))
        if len(word) < 3 and title.startswith(word) and "_" not in title:
            word = title  # "c#" of customers
        return word if word.endswith("id") else f"{word}_id"

    # The indexes' keys.

    def index_templates(self) -> tuple[set[str], dict[str, tuple[str | None, ...]]]:
        """Find the index keys that follow from fields; with the attributes that are no fields because of it."""
        own = {part.name for part in self.table.keys}
        found = (
            {}
            if self.group.plain_indexes
            else {
                name: template
                for name, part in self.index_keys.items()
                if part.type == "S" and is_generic(name) and (template := self.index_key(name)) is not None
            }
        )
        covered = {*own, *(name for name in self.index_keys if any(name in row for row in self.rows))}
        while True:
            # An index that the items are not in has no template for the half of its key that they have.
            lonely = {
                part.name
                for index in self.table.indexes
                for part in index.keys
                if part.name in found and not all(other.name in covered for other in index.keys)
            }
            if not lonely:
                break
            found = {name: text for name, text in found.items() if name not in lonely}
        indexes: dict[str, tuple[str | None, ...]] = {}
        for index in self.table.indexes:
            if any(part.name in found for part in index.keys):
                parts = tuple(found.get(part.name) for part in index.keys)
                indexes[index.name] = parts if parts[-1] is not None else parts[:-1]
        return set(found), indexes

    def index_key(self, name: str) -> str | None:
        """Find a template over fields that gives this index key in every row that has it, and in no other."""
        inside = [row for row in self.rows if name in row]
        if not inside:
            return None
        texts = [row[name]["S"] for row in inside]
        positions = [number for number, row in enumerate(self.rows) if name in row]
        sources: dict[str, tuple[str | None, ...]] = {
            f"<{own}>": tuple(gap[number] for number in positions)
            for gap, own in self.gaps.items()
            if len(gap) == len(self.rows)
        }
        sources |= {key: own for key, own in self.sources(inside).items() if None not in own}
        for outline in outlines(texts, sources):
            gaps = [piece for piece in outline if isinstance(piece, Gap)]
            if not gaps and prefix_of(texts[0]) != texts[0]:
                continue
            fits = all(map(self.is_convincing, gaps)) and self.is_template(outline)
            if fits and self.keeps_others_out(name, gaps):
                return "".join(piece if isinstance(piece, str) else self.placeholder(piece) for piece in outline)
        return None

    def is_convincing(self, gap: Gap) -> bool:
        """Tell whether a part of an index key has its text from a field, and not by chance."""
        if gap.attribute is None:
            return False
        if len(set(gap.texts)) > 1:
            return True
        text, before = gap.texts[0], normalized("".join(words(gap.after)[-1:]))
        if gap.attribute.startswith("<"):
            if any(
                gap.after == known.after and f"<{self.gaps[texts]}>" == gap.attribute
                for texts, known in self.known.items()
            ):
                return True
        elif before and normalized(gap.attribute).startswith(before):
            return True
        return len(text) > 5 and not text.isdecimal()

    def placeholder(self, gap: Gap) -> str:
        assert gap.attribute is not None
        return gap.attribute if gap.attribute.startswith("<") else f"<{self.by_attribute[gap.attribute]}>"

    def keeps_others_out(self, name: str, gaps: Sequence[Gap]) -> bool:
        needed = [gap.attribute for gap in gaps if gap.attribute is not None and not gap.attribute.startswith("<")]
        return all(any(own not in row for own in needed) for row in self.rows if name not in row)

    def unseen_index_keys(self, unseen: Sequence[str]) -> list[PlannedField]:
        """Give fields for index keys that no row has, where only a field tells that they are numbers or bytes."""
        kinds: Mapping[str, str] = {"N": "int", "B": "bytes"}
        found = []
        for name, part in self.index_keys.items():
            if part.type != "S" and name not in self.names and name in {*unseen, *self.group.attributes}:
                own = unique(field_name(name), self.taken)
                self.taken.add(own)
                found.append(PlannedField(own, name, Plain(kinds[part.type]), nullable=True, required=False))
        return found

    # Attributes.

    def field(self, attribute: str) -> PlannedField:
        values = [row[attribute] for row in self.rows if attribute in row]
        if not values:
            return self.rowless_field(attribute)
        shape, nullable = shape_of(values, attribute)
        required = len(values) == len(self.rows)
        return PlannedField(self.by_attribute[attribute], attribute, shape, nullable or not required, required)

    def rowless_field(self, attribute: str) -> PlannedField:
        """Make a field of an attribute that is declared, but in no row."""
        declared = next((own.type for own in self.table.attributes if own.name == attribute), "S")
        kind = self.index_keys[attribute].type if attribute in self.index_keys else declared
        shape: Shape = Many("list" if kind == "L" else "dict", ANY) if kind in {"L", "M"} else Plain(_DECLARED[kind])
        name = self.by_attribute[attribute]
        in_key = any(gap == name for gap in self.key_placeholders())
        return PlannedField(name, attribute, shape, nullable=not in_key, required=in_key)

    def key_placeholders(self) -> list[str]:
        return [
            name
            for alias in self.group.aliases
            if alias
            for word in re.findall(r"[^<>{}#:|/]+", alias)
            if (own := any_like(word.partition(":")[0], self.names)) is not None
            for name in [self.by_attribute[own]]
            if self.keyable(own)
        ]
