"""Pictures of a table: the item collections as modellers draw them by hand, in the terminal and as a page.

Partition keys stand at the side, once for all of their items; then come the sort keys; then the attributes, each name
above its value. There is one such view of the table, and one of each index. `Store.draw` makes a picture of a table
with entities, `draw` one of plain items.
"""

from __future__ import annotations

from pynamite.drawing.picture import Picture, draw

__all__ = ["Picture", "draw"]
