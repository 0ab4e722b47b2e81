"""A log of what state devices are in, and who sees to it.

    python examples/designs/device_log.py

The attributes have their natural names, and are keys themselves; only the table's sort key is made of two of them, in
an attribute called `State#Date`. Both are stored besides: GSI1 needs the date, and a filter the state.

    entity        DeviceID       State#Date
    DeviceLog     <device_id>    <state>#<date>

    index      partition key    sort key
    GSI1       Operator         Date
    GSI2       EscalatedTo      State#Date      only what is escalated

Access patterns:

    write down a device's state                                  create_log_entry
    the log of a device, from its last state down                logs_of_device
    the entries of a device in one state, newest first           logs_in_state
    the same by a filter: it reads the other states, too         logs_in_state_by_filter
    the warnings of a device, of whatever degree                 warnings_of_device
    what an operator wrote down between two moments              logs_of_operator
    escalate an entry to a supervisor; take it back              escalate, settle
    what is escalated to a supervisor                            escalated_to
    ... in one state                                             escalated_in_state
    ... in one state, on one day                                 escalated_in_state_on
    an entry has the wrong state                                 correct_state
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from pynamite import Index, Query, Store, Table, attribute, entity, field


class State(Enum):
    """How a device is."""

    NORMAL = "NORMAL"
    WARNING1 = "WARNING1"
    WARNING2 = "WARNING2"
    WARNING3 = "WARNING3"
    WARNING4 = "WARNING4"


@entity(pk="<device_id>", sk="<state>#<date>")
class DeviceLog:
    """A state that a device was in."""

    device_id: str = field(name="DeviceID")
    state: State = field(name="State")
    date: datetime = field(name="Date")
    operator: str = field(name="Operator")
    escalated_to: str | None = field(name="EscalatedTo", default=None)


def device_table(name: str = "device-state-log") -> Table:
    """Declare the table: it holds one kind of items, which need no mark."""
    indexes = [Index("GSI1", pk="Operator", sk="Date"), Index("GSI2", pk="EscalatedTo", sk="State#Date")]
    return Table(name, DeviceLog, indexes=indexes, pk="DeviceID", sk="State#Date", type_attribute=None)


def create_log_entry(store: Store, entry: DeviceLog) -> DeviceLog:
    """Write down the state of a device.

    Raises:
        ItemExistsError: it is written down already.
    """
    return store[DeviceLog].create(entry)


def logs_of_device(store: Store, device_id: str) -> list[DeviceLog]:
    """List what is written down of a device, from its last state (in the order of their names) and moment down."""
    return store[DeviceLog].query(device_id=device_id).reverse().all()


def logs_in_state(store: Store, device_id: str, state: State) -> Query[DeviceLog]:
    """Find the entries of a device in one state, newest first: they lie together, and nothing else is read."""
    return store[DeviceLog].query(device_id=device_id, state=state).reverse()


def logs_in_state_by_filter(store: Store, device_id: str, state: State) -> Query[DeviceLog]:
    """Find the same by reading everything of the device, and dropping the rest."""
    return store[DeviceLog].query(device_id=device_id).filter(attribute(DeviceLog.state) == state).reverse()


def warnings_of_device(store: Store, device_id: str) -> list[DeviceLog]:
    """List the warnings of a device, the least of them first."""
    return store[DeviceLog].query(device_id=device_id).begins_with(state="WARNING").all()


def logs_of_operator(store: Store, operator: str, first: datetime, last: datetime) -> list[DeviceLog]:
    """List what an operator wrote down between two moments, those included."""
    return store[DeviceLog].query("GSI1", operator=operator).between(date=(first, last)).all()


def escalate(store: Store, entry: DeviceLog, supervisor: str) -> DeviceLog:
    """Escalate an entry to a supervisor: that puts it into GSI2."""
    return store[DeviceLog].update(entry, attribute(DeviceLog.escalated_to).set(supervisor))


def settle(store: Store, entry: DeviceLog) -> DeviceLog:
    """Note that an entry needs no supervisor any more: that takes it out of GSI2."""
    return store[DeviceLog].update(entry, attribute(DeviceLog.escalated_to).remove())


def escalated_to(store: Store, supervisor: str) -> list[DeviceLog]:
    """List what is escalated to a supervisor."""
    return store[DeviceLog].query("GSI2", escalated_to=supervisor).all()


def escalated_in_state(store: Store, supervisor: str, state: State) -> list[DeviceLog]:
    """List what is escalated to a supervisor in one state."""
    return store[DeviceLog].query("GSI2", escalated_to=supervisor, state=state).all()


def escalated_in_state_on(store: Store, supervisor: str, state: State, day: date) -> list[DeviceLog]:
    """List what is escalated to a supervisor in one state, on one day (in UTC)."""
    midnight = datetime.combine(day, time(tzinfo=UTC))
    in_state = store[DeviceLog].query("GSI2", escalated_to=supervisor, state=state)
    return in_state.ge(date=midnight).lt(date=midnight + timedelta(days=1)).all()


def correct_state(store: Store, entry: DeviceLog, state: State) -> DeviceLog:
    """Give an entry another state: its key is made of it, so that the item moves."""
    return store[DeviceLog].move(entry, {"state": state})


def at(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fill(store: Store) -> list[DeviceLog]:
    """Write down what three devices were like, and who is to see to the last of them."""
    written = [
        ("d#12345", State.WARNING1, "2020-04-24T14:40:00", "Liz", None),
        ("d#12345", State.WARNING1, "2020-04-24T14:45:00", "Liz", None),
        ("d#12345", State.WARNING1, "2020-04-24T14:50:00", "Liz", None),
        ("d#12345", State.NORMAL, "2020-04-24T14:55:00", "Liz", None),
        ("d#54321", State.WARNING2, "2020-04-11T05:50:00", "Sue", None),
        ("d#54321", State.WARNING3, "2020-04-11T05:55:00", "Sue", None),
        ("d#54321", State.WARNING3, "2020-04-11T06:00:00", "Sue", None),
        ("d#54321", State.NORMAL, "2020-04-11T09:25:00", "Liz", None),
        ("d#11223", State.WARNING4, "2020-04-27T16:10:00", "Sue", "Sara"),
        ("d#11223", State.WARNING4, "2020-04-27T16:15:00", "Sue", "Sara"),
        ("d#11223", State.WARNING4, "2020-04-28T08:00:00", "Liz", "Sara"),
        ("d#11223", State.WARNING2, "2020-04-28T09:30:00", "Liz", "Sara"),
    ]
    return [
        create_log_entry(
            store, DeviceLog(device_id=device, state=state, date=at(date), operator=operator, escalated_to=supervisor)
        )
        for device, state, date, operator, supervisor in written
    ]


def main() -> None:
    """Look at the log."""
    with device_table().connect("sqlite://") as store:
        store.create_table()
        fill(store)
        for find in (logs_in_state, logs_in_state_by_filter):
            measured = find(store, "d#12345", State.WARNING1).measured()
            print(f"{find.__name__}: {measured.count} entries, of {measured.scanned_count} that were read")
        print("warnings:", [(one.state.name, f"{one.date:%H:%M}") for one in warnings_of_device(store, "d#54321")])
        april = logs_of_operator(store, "Liz", at("2020-04-11T00:00:00"), at("2020-04-24T14:50:00"))
        print("what Liz wrote:", [(entry.device_id, entry.state.name) for entry in april])
        print("escalated to Sara:", len(escalated_to(store, "Sara")))
        on_monday = escalated_in_state_on(store, "Sara", State.WARNING4, date(2020, 4, 27))
        print("... as WARNING4 on the 27th:", len(on_monday))
        print("corrected:", correct_state(store, on_monday[0], State.WARNING3))
        on_monday = escalated_in_state_on(store, "Sara", State.WARNING4, date(2020, 4, 27))
        print("... as WARNING4 on the 27th:", len(on_monday))


if __name__ == "__main__":
    main()
