"""What an operation would have cost: ConsumedCapacity.

A read unit is 4 KB read consistently, or 8 KB eventually; a write unit is 1 KB; a transaction takes twice as many:
Developer Guide, "DynamoDB read and write operations".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.local.definition import Index, Table
from pynamite.local.failures import not_in_set
from pynamite.local.rows import Write

__all__ = ["Consumed", "check_report", "read_units", "write_units"]

_REPORTS = ("INDEXES", "TOTAL", "NONE")


def check_report(request: Mapping[str, Any]) -> str | None:
    """Give the report that a request asks for, TOTAL or INDEXES; None for none."""
    report: str | None = request.get("ReturnConsumedCapacity")
    if report is None or report == "NONE":
        return None
    if report not in _REPORTS:
        raise not_in_set("ReturnConsumedCapacity", report, _REPORTS)
    return report


def read_units(size: int, *, consistent: bool) -> float:
    """Give the units that it takes to read so many bytes; nothing costs as much as a little."""
    units = max(1, -(-size // 4096))
    return float(units) if consistent else units / 2


def write_units(size: int) -> float:
    """Give the units that it takes to write so many bytes."""
    return float(max(1, -(-size // 1024)))


@attrs.define
class Consumed:
    """The units that one request took of one table."""

    table: Table
    units: float = 0.0
    indexes: dict[Index, float] = attrs.field(factory=dict)

    def read(self, size: int, *, consistent: bool, index: Index | None = None, times: int = 1) -> None:
        """Add a read."""
        units = read_units(size, consistent=consistent) * times
        if index is None:
            self.units += units
        else:
            self.indexes[index] = self.indexes.get(index, 0.0) + units

    def write(self, done: Write | None, *, times: int = 1) -> None:
        """Add a write; None is one that had nothing to do, which costs a unit all the same."""
        if done is None:
            self.units += times
            return
        self.units += write_units(max(done.old_size, done.new_size)) * times
        for index, writes in done.index_writes:
            units = write_units(max(done.old_size, done.new_size) if index.attributes is None else 0) * writes * times
            self.indexes[index] = self.indexes.get(index, 0.0) + units

    def report(self, kind: str) -> dict[str, Any]:
        """Give the ConsumedCapacity structure."""
        told: dict[str, Any] = {
            "TableName": self.table.name, "CapacityUnits": self.units + sum(self.indexes.values())}
        if kind == "INDEXES":
            told["Table"] = {"CapacityUnits": self.units}
            for local, parameter in ((True, "LocalSecondaryIndexes"), (False, "GlobalSecondaryIndexes")):
                units = {
                    index.name: {"CapacityUnits": used} for index, used in self.indexes.items() if index.local is local}
                if units:
                    told[parameter] = units
        return told
