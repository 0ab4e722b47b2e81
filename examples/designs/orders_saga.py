"""Orders and customers: a saga of messages that are neither lost nor handled twice.

    python examples/designs/orders_saga.py

    entity           PK                               index Pending, until it is published: PendingPK, PendingSK
    Customer         CUSTOMER#<customer_id>
    Order            ORDER#<order_id>
    OutboxMessage    OUTBOX#<message_id>              PENDING, <message_id>
    InboxMessage     INBOX#<consumer>#<message_id>

Access patterns:

    register a customer with a limit of credit; look one up     create_customer, customer_of
    place an order, and tell about it                           create_order
    look up an order                                            order_of
    an order was placed: reserve credit, or refuse              reserve_credit
    credit was reserved or refused: approve or reject           settle_order
    cancel an order that was approved, and tell about it        cancel_order
    an order was cancelled: the credit is free again            release_credit
    which messages are to be published?                         pending_messages
    publish them, oldest first                                  publish_pending
    has a message been handled?                                 was_handled

Each step is one transaction: what it changes, the note that its message has been handled (the inbox) and the messages
that follow from it (the outbox) are written together, or not at all. A customer and an order are written as a whole,
and only if they are as they were read: each has a version, which every write looks at and counts up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

import attrs

from pynamite import Index, IndexKey, Store, Table, Transaction, attribute, entity, field, make_converter, new_ulid
from pynamite.errors import ConditionFailedError, ItemNotFoundError, OperationError, TransactionCanceledError


class SagaError(Exception):
    """Something that the business knows a word for."""


class CustomerExistsError(SagaError):
    """A customer with this id is registered already."""


class UnknownCustomerError(SagaError):
    """There is no such customer."""


class StaleCustomerError(SagaError):
    """The customer was changed since it was read: read it, and do it again."""


class OrderExistsError(SagaError):
    """An order with this id is placed already."""


class UnknownOrderError(SagaError):
    """There is no such order."""


class StaleOrderError(SagaError):
    """The order was changed since it was read: read it, and do it again."""


class WrongStateError(SagaError):
    """The order is in a state in which this cannot be done."""


class CreditLimitExceededError(SagaError):
    """The customer has not that much credit left."""


class AlreadyHandledError(SagaError):
    """The message has been handled before."""


class AlreadySentError(SagaError):
    """A message with this id is in the outbox already."""


@attrs.frozen(order=True)
class Money:
    """An amount of money in its minor units: cents, not dollars."""

    minor_units: int

    def __add__(self, other: Money) -> Money:
        return Money(self.minor_units + other.minor_units)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor_units - other.minor_units)

    def __str__(self) -> str:
        return f"{self.minor_units // 100}.{self.minor_units % 100:02}"


def money_from_number(number: dict[str, str], _: type[Money]) -> Money:
    """Read money from the number that an item has."""
    return Money(int(number["N"]))


converter = make_converter()
converter.register_unstructure_hook(Money, lambda money: {"N": str(money.minor_units)})
converter.register_structure_hook(Money, money_from_number)


@entity(pk="CUSTOMER#<customer_id>", converter=converter)
class Customer:
    """Who orders on credit; what is reserved stands beside the order that it is reserved for."""

    customer_id: UUID = field(factory=uuid4, name="Id")
    name: str = field(name="Name")
    credit_limit: Money = field(name="CreditLimit")
    credit_reservations: dict[UUID, Money] = field(factory=dict, name="CreditReservations")
    version: int = field(default=0, version=True, name="Version")

    @property
    def available_credit(self) -> Money:
        """What is left of the limit."""
        return self.credit_limit - sum(self.credit_reservations.values(), Money(0))

    def reserve(self, order_id: UUID, amount: Money) -> None:
        """Reserve credit for an order.

        Raises:
            CreditLimitExceededError: there is not that much left.
        """
        if amount > self.available_credit:
            raise CreditLimitExceededError(f"{self.name} has {self.available_credit} left, not {amount}")
        self.credit_reservations[order_id] = amount

    def release(self, order_id: UUID) -> None:
        """Give the credit back that is reserved for an order, if there is any."""
        self.credit_reservations.pop(order_id, None)


OrderState = Literal["PENDING", "APPROVED", "REJECTED", "CANCELLED"]


@entity(pk="ORDER#<order_id>", converter=converter)
class Order:
    """What a customer ordered."""

    order_id: UUID = field(factory=uuid4, name="Id")
    customer_id: UUID = field(name="CustomerId")
    total: Money = field(name="OrderTotal")
    state: OrderState = field(default="PENDING", name="State")
    version: int = field(default=0, version=True, name="Version")

    def become(self, state: OrderState, *, after: OrderState) -> None:
        """Go from one state to another.

        Raises:
            WrongStateError: the order is in another state than the first.
        """
        if self.state != after:
            raise WrongStateError(f"order {self.order_id} is {self.state}, not {after}")
        self.state = state


@attrs.frozen
class OrderCreated:
    """An order was placed."""

    order_id: UUID
    customer_id: UUID
    total: Money


@attrs.frozen
class OrderCancelled:
    """An order was cancelled."""

    order_id: UUID
    customer_id: UUID


@attrs.frozen
class CreditReserved:
    """The customer has the credit for an order."""

    order_id: UUID


@attrs.frozen
class CreditRefused:
    """The customer does not have the credit for an order."""

    order_id: UUID
    reason: str


Message = OrderCreated | OrderCancelled | CreditReserved | CreditRefused


def is_pending(published_at: datetime | None) -> bool:
    """Tell whether a message is still to be published."""
    return published_at is None


@entity(
    pk="OUTBOX#<message_id>",
    indexes={"Pending": IndexKey("PENDING", "<message_id>", when=is_pending)},
    converter=converter,
)
class OutboxMessage:
    """A message that follows from a change; its id sorts by time."""

    message_id: str = field(factory=new_ulid)
    message: Message
    created_at: datetime | None = field(default=None, created=True)
    published_at: datetime | None = None


@entity(pk="INBOX#<consumer>#<message_id>")
class InboxMessage:
    """That a consumer handled a message."""

    consumer: Literal["customers", "orders"]
    message_id: str
    processed_at: datetime | None = field(default=None, created=True)


def saga_table(name: str = "orders-and-customers") -> Table:
    """Declare the table."""
    return Table(name, Customer, Order, OutboxMessage, InboxMessage, indexes=[Index("Pending")], sk=None)


class UnitOfWork:
    """Collects the writes of one step, each with the error that it means if it is refused."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._errors: list[SagaError] = []

    def create_customer(self, customer: Customer) -> None:
        """Add a customer who is not registered yet."""
        self._transaction[Customer].create(customer)
        self._errors.append(CustomerExistsError(str(customer.customer_id)))

    def save_customer(self, customer: Customer) -> None:
        """Write a customer, if nobody else did since it was read."""
        self._transaction[Customer].put(customer)
        self._errors.append(StaleCustomerError(str(customer.customer_id)))

    def create_order(self, order: Order) -> None:
        """Add an order that is not placed yet."""
        self._transaction[Order].create(order)
        self._errors.append(OrderExistsError(str(order.order_id)))

    def save_order(self, order: Order) -> None:
        """Write an order, if nobody else did since it was read."""
        self._transaction[Order].put(order)
        self._errors.append(StaleOrderError(str(order.order_id)))

    def handled(self, consumer: Literal["customers", "orders"], message_id: str) -> None:
        """Note that a consumer handles a message, which it has not done before."""
        self._transaction[InboxMessage].create(InboxMessage(consumer=consumer, message_id=message_id))
        self._errors.append(AlreadyHandledError(message_id))

    def send(self, message: Message, message_id: str | None = None) -> None:
        """Put a message into the outbox, under a new id unless one is given."""
        sent = OutboxMessage(message_id=message_id or new_ulid(), message=message)
        self._transaction[OutboxMessage].create(sent)
        self._errors.append(AlreadySentError(sent.message_id))

    def errors(self, reasons: Sequence[OperationError | None]) -> list[SagaError]:
        """Give the errors of the writes that were refused because of what they found, in the order of the writes."""
        refusals = (ConditionFailedError, ItemNotFoundError)
        pairs = zip(self._errors, reasons, strict=False)
        return [error for error, reason in pairs if isinstance(reason, refusals)]


@contextmanager
def unit_of_work(store: Store) -> Iterator[UnitOfWork]:
    """Collect writes, and write all of them together at the end of the block, or none.

    Raises:
        SagaError: that of the first write which was refused because of what it found.
        TransactionCanceledError: the transaction was cancelled for another reason.
    """
    transaction = store.transaction()
    unit = UnitOfWork(transaction)
    try:
        with transaction:
            yield unit
    except TransactionCanceledError as cancelled:
        errors = unit.errors(cancelled.reasons)
        if not errors:
            raise
        raise errors[0] from cancelled


def create_customer(store: Store, customer: Customer) -> None:
    """Register a customer.

    Raises:
        CustomerExistsError: there is one with this id.
    """
    with unit_of_work(store) as unit:
        unit.create_customer(customer)


def customer_of(store: Store, customer_id: UUID) -> Customer | None:
    """Look up a customer."""
    return store[Customer].get(customer_id=customer_id, consistent_read=True)


def create_order(store: Store, order: Order) -> None:
    """Place an order, and tell about it.

    Raises:
        OrderExistsError: there is one with this id.
    """
    with unit_of_work(store) as unit:
        unit.create_order(order)
        unit.send(OrderCreated(order.order_id, order.customer_id, order.total))


def order_of(store: Store, order_id: UUID) -> Order | None:
    """Look up an order."""
    return store[Order].get(order_id=order_id, consistent_read=True)


def reserve_credit(store: Store, message_id: str, message: OrderCreated) -> None:
    """Reserve credit for an order that was placed, and tell whether there was enough of it.

    Raises:
        AlreadyHandledError: this message has been handled before; nothing changed.
        StaleCustomerError: the customer was changed meanwhile: do it again.
    """
    customer = customer_of(store, message.customer_id)
    with unit_of_work(store) as unit:
        unit.handled("customers", message_id)
        if customer is None:
            unit.send(CreditRefused(message.order_id, "there is no such customer"))
            return
        try:
            customer.reserve(message.order_id, message.total)
        except CreditLimitExceededError as error:
            unit.send(CreditRefused(message.order_id, str(error)))
        else:
            unit.save_customer(customer)
            unit.send(CreditReserved(message.order_id))


def settle_order(store: Store, message_id: str, message: CreditReserved | CreditRefused) -> None:
    """Approve or reject an order, as its credit was reserved or refused.

    Raises:
        AlreadyHandledError: this message has been handled before; nothing changed.
        StaleOrderError: the order was changed meanwhile: do it again.
        UnknownOrderError, WrongStateError: there is no such order, or it is settled already.
    """
    order = known_order(store, message.order_id)
    if was_handled(store, "orders", message_id):
        raise AlreadyHandledError(message_id)
    order.become("APPROVED" if isinstance(message, CreditReserved) else "REJECTED", after="PENDING")
    with unit_of_work(store) as unit:
        unit.handled("orders", message_id)
        unit.save_order(order)


def cancel_order(store: Store, order_id: UUID) -> None:
    """Cancel an order that was approved, and tell about it.

    Raises:
        StaleOrderError: the order was changed meanwhile: do it again.
        UnknownOrderError, WrongStateError: there is no such order, or it is not approved.
    """
    order = known_order(store, order_id)
    order.become("CANCELLED", after="APPROVED")
    with unit_of_work(store) as unit:
        unit.save_order(order)
        unit.send(OrderCancelled(order.order_id, order.customer_id))


def release_credit(store: Store, message_id: str, message: OrderCancelled) -> None:
    """Give the credit back that was reserved for an order.

    Raises:
        AlreadyHandledError: this message has been handled before; nothing changed.
        StaleCustomerError: the customer was changed meanwhile: do it again.
        UnknownCustomerError: there is no such customer.
    """
    customer = customer_of(store, message.customer_id)
    if customer is None:
        raise UnknownCustomerError(str(message.customer_id))
    customer.release(message.order_id)
    with unit_of_work(store) as unit:
        unit.handled("customers", message_id)
        unit.save_customer(customer)


def known_order(store: Store, order_id: UUID) -> Order:
    """Look up an order that has to be there.

    Raises:
        UnknownOrderError: it is not.
    """
    order = order_of(store, order_id)
    if order is None:
        raise UnknownOrderError(str(order_id))
    return order


def was_handled(store: Store, consumer: Literal["customers", "orders"], message_id: str) -> bool:
    """Tell whether a consumer handled a message."""
    return store[InboxMessage].get(consumer=consumer, message_id=message_id, consistent_read=True) is not None


def pending_messages(store: Store) -> list[OutboxMessage]:
    """List the messages that are to be published, the oldest first."""
    return store[OutboxMessage].query("Pending").all()


def publish_pending(store: Store, publish: Callable[[OutboxMessage], object], now: datetime) -> int:
    """Publish what is in the outbox, the oldest first; gives how many messages there were.

    A message is published at least once: again, if this stops between publishing it and noting that.
    """
    pending = pending_messages(store)
    for sent in pending:
        publish(sent)
        store[OutboxMessage].update(sent, attribute(OutboxMessage.published_at).set(now))
    return len(pending)


def deliver(store: Store, sent: OutboxMessage) -> None:
    """Hand a message to whom it concerns; one that was handled before changes nothing."""
    try:
        match sent.message:
            case OrderCreated():
                reserve_credit(store, sent.message_id, sent.message)
            case OrderCancelled():
                release_credit(store, sent.message_id, sent.message)
            case CreditReserved() | CreditRefused():
                settle_order(store, sent.message_id, sent.message)
    except AlreadyHandledError:
        return


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

ANN = UUID("00000000-0000-4000-8000-00000000000a")

BOB = UUID("00000000-0000-4000-8000-00000000000b")


def fill(store: Store) -> list[UUID]:
    """Register ann, with credit, and bob, with little; each places an order. Gives the orders' ids."""
    create_customer(store, Customer(customer_id=ANN, name="Ann", credit_limit=Money(250_00)))
    create_customer(store, Customer(customer_id=BOB, name="Bob", credit_limit=Money(10_00)))
    orders = [Order(customer_id=ANN, total=Money(199_99)), Order(customer_id=BOB, total=Money(10_01))]
    for order in orders:
        create_order(store, order)
    return [order.order_id for order in orders]


def main() -> None:
    """Let the messages run until there are none."""
    with saga_table().connect("sqlite://") as store:
        store.create_table()
        anns, bobs = fill(store)
        while publish_pending(store, lambda sent: deliver(store, sent), NOON):
            print("published what there was")
        print(order_of(store, anns))
        print(order_of(store, bobs))
        print(customer_of(store, ANN))
        cancel_order(store, anns)
        while publish_pending(store, lambda sent: deliver(store, sent), NOON):
            print("published what there was")
        print(customer_of(store, ANN))


if __name__ == "__main__":
    main()
