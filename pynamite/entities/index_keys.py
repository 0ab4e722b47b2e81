"""The keys of indexes, as one entity fills them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from pynamite.entities.definition import EntityDefinition
from pynamite.entities.slots import KeySlot
from pynamite.entities.values import Computed
from pynamite.key.schema import IndexSchema
from pynamite.wire import AttributeValue

__all__ = ["IndexKeys"]


@attrs.frozen(eq=False)
class IndexKeys:
    """The key of one index, as one entity fills it; ``when`` says which items are in it at all."""

    schema: IndexSchema
    partition: tuple[KeySlot, ...]
    sort: tuple[KeySlot, ...]
    definition: EntityDefinition
    when: Computed | None = None

    @property
    def slots(self) -> tuple[KeySlot, ...]:
        """The key's attributes, those of the partition key first."""
        return self.partition + self.sort

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields on which the key depends, each once."""
        names = [name for slot in self.slots for name in slot.template.fields]
        return self.definition.sources([*names, *(self.when.parameters if self.when is not None else ())])

    @property
    def kept(self) -> bool:
        """Tell whether there is an attribute to be kept in step with the fields."""
        return any(slot.own for slot in self.slots)

    def keeps_out(self, given: Mapping[str, Any]) -> bool:
        """Tell whether some of the fields are enough to say that an item is not in the index, whatever the others are.

        Where another index has an attribute of the key, too, all of the fields are needed.
        """
        if any(slot.own and slot.elsewhere for slot in self.slots):
            return False
        values = self.definition.values(given)
        when = self.when
        if when is not None and all(name in values for name in when.parameters) and not when.value(values):
            return True
        return any(slot.template.keeps_out(values) for slot in self.slots)

    def attributes(self, given: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        """Write the attributes that are kept for this index, None for those that the item has to be without.

        An item that one part of the key keeps out of the index has neither part, but for an attribute that another
        index has, too: that one is there as soon as its own fields are.
        """
        values = self.definition.values(given)
        texts = {slot.attribute: slot.sparse(values) for slot in self.slots}
        out = None in texts.values() or (self.when is not None and not self.when.value(values))
        return {
            slot.attribute: None if text is None or (out and not slot.elsewhere) else slot.wire(text)
            for slot, text in zip(self.slots, texts.values(), strict=True)
            if slot.own
        }
