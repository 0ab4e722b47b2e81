"""Key slots: the key attributes of a table or an index, as one entity fills them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.errors import KeyValueError
from pynamite.key.template import KeyTemplate, wire_of
from pynamite.key.variants import KeyVariants
from pynamite.wire import AttributeValue

__all__ = ["PARTITION_KEY_BYTES", "SORT_KEY_BYTES", "KeySlot"]

# "The minimum length of a partition key value is 1 byte, the maximum 2048 bytes; of a sort key 1 and 1024 bytes":
# Developer Guide, "Quotas and limits".
PARTITION_KEY_BYTES = 2048
SORT_KEY_BYTES = 1024


@attrs.frozen
class KeySlot:
    """One key attribute of a table or an index, and the template that fills it for one entity.

    ``field`` names the field that is stored as this attribute itself, ``table_key`` says that it is a key of the table,
    and ``elsewhere`` that another index has it, too. ``prefix`` is the tenant's, which every key in it begins with.
    """

    attribute: str
    template: KeyTemplate | KeyVariants
    limit: int
    field: str | None = None
    table_key: bool = False
    elsewhere: bool = False
    prefix: str = ""

    @property
    def own(self) -> bool:
        """Tell whether the attribute is there for index keys only, so that it is written, and removed, with them."""
        return self.field is None and not self.table_key

    def wire(self, text: str) -> AttributeValue:
        """Give a key text as the attribute's value."""
        return wire_of(self.template.kind, self.prefix + text)

    def text_of(self, item: Mapping[str, Any]) -> str | None:
        """Give the key text that an item has in the attribute; None where it has none, or another tenant's."""
        content = item.get(self.attribute, {}).get(self.template.kind)
        if content is None:
            return None
        text = bytes(content).decode("latin-1") if self.template.kind == "B" else str(content)
        return text.removeprefix(self.prefix) if text.startswith(self.prefix) else None

    def sparse(self, values: Mapping[str, Any]) -> str | None:
        """Write the key text of these values, None where one of them keeps the item out of the index.

        Raises:
            KeyValueError: the text is too long, or it is empty where the field itself is the key.
        """
        text = self.template.render_sparse(values)
        if text is None and self.field is not None and values.get(self.field) is not None:
            raise KeyValueError(
                f"field {self.field!r} of entity {self.template.entity!r} is empty, but it is the index key "
                f"{self.attribute!r} itself, which cannot be: use None, or keep the field under another name=",
                entity=self.template.entity,
                template=self.template.text,
                field=self.field,
            )
        return None if text is None else self.sized(text)

    def sized(self, text: str) -> str:
        """Give the key text back; raises KeyValueError if it is longer than a key may be."""
        size = len(text) if self.template.kind == "B" else len((self.prefix + text).encode())
        if self.template.kind != "N" and size > self.limit:
            raise KeyValueError(
                f"the key {self.attribute!r} of entity {self.template.entity!r} would have {size} bytes, "
                f"at most {self.limit} fit: shorten {', '.join(self.template.fields)}",
                entity=self.template.entity,
                template=self.template.text,
            )
        return text
