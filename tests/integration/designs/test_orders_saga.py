"""The saga of orders and customers: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from examples.designs.orders_saga import (
    ANN,
    BOB,
    NOON,
    AlreadyHandledError,
    AlreadySentError,
    CreditLimitExceededError,
    CreditRefused,
    CreditReserved,
    Customer,
    CustomerExistsError,
    Message,
    Money,
    Order,
    OrderCancelled,
    OrderCreated,
    OrderExistsError,
    OutboxMessage,
    StaleCustomerError,
    StaleOrderError,
    UnitOfWork,
    UnknownCustomerError,
    UnknownOrderError,
    WrongStateError,
    cancel_order,
    create_customer,
    create_order,
    customer_of,
    deliver,
    fill,
    order_of,
    pending_messages,
    publish_pending,
    release_credit,
    reserve_credit,
    saga_table,
    settle_order,
    unit_of_work,
    was_handled,
)
from pynamite import attribute, evolve
from pynamite.errors import ItemExistsError, OperationError, StaleVersionError, TransactionCanceledError

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def store(client, table_name):
    """The table with nothing in it."""
    store = saga_table(table_name).connect(client)
    store.create_table()
    return store


def ann():
    return Customer(customer_id=ANN, name="Ann", credit_limit=Money(250_00))


def reasons(error):
    """Give what the transaction said of each write, behind an error of the business."""
    assert isinstance(error.__cause__, TransactionCanceledError)
    return error.__cause__.reasons


def run(store):
    """Deliver messages until there are none."""
    while publish_pending(store, lambda sent: deliver(store, sent), LATER):
        pass


def test_the_saga_approves_what_the_credit_allows(store):
    """An order within the limit is approved and its credit reserved, one above it is rejected."""
    anns, bobs = fill(store)
    run(store)
    assert (order_of(store, anns).state, order_of(store, bobs).state) == ("APPROVED", "REJECTED")
    assert customer_of(store, ANN).credit_reservations == {anns: Money(199_99)}
    assert customer_of(store, ANN).available_credit == Money(50_01)
    assert customer_of(store, BOB).credit_reservations == {}


def test_a_cancelled_order_gives_its_credit_back(store):
    """Only an approved order can be cancelled, once; the credit is free then."""
    anns, bobs = fill(store)
    with pytest.raises(WrongStateError, match="PENDING"):
        cancel_order(store, anns)
    run(store)
    cancel_order(store, anns)
    run(store)
    assert order_of(store, anns).state == "CANCELLED"
    assert customer_of(store, ANN).available_credit == Money(250_00)
    for order_id, error in ((anns, WrongStateError), (bobs, WrongStateError), (uuid4(), UnknownOrderError)):
        with pytest.raises(error):
            cancel_order(store, order_id)


def test_an_order_of_nobody_is_rejected(store):
    """A customer who is not there has no credit; and none is given back."""
    order = Order(customer_id=uuid4(), total=Money(1))
    create_order(store, order)
    run(store)
    assert order_of(store, order.order_id).state == "REJECTED"
    with pytest.raises(UnknownCustomerError):
        release_credit(store, "x", OrderCancelled(order.order_id, order.customer_id))
    with pytest.raises(UnknownOrderError):
        settle_order(store, "x", CreditReserved(uuid4()))


def test_customers_and_orders_are_created_once(store):
    """An id that is taken is refused in the words of the business."""
    create_customer(store, ann())
    with pytest.raises(CustomerExistsError) as caught:
        create_customer(store, ann())
    assert isinstance(caught.value.__cause__, TransactionCanceledError)
    order = Order(customer_id=ANN, total=Money(1))
    create_order(store, order)
    with pytest.raises(OrderExistsError, match=str(order.order_id)):
        create_order(store, order)
    assert len(pending_messages(store)) == 1
    assert (customer_of(store, BOB), order_of(store, uuid4())) == (None, None)


def test_an_order_is_settled_once(store):
    """A second message about it, of another id, meets an order that is not pending."""
    order = Order(customer_id=ANN, total=Money(1))
    create_order(store, order)
    settle_order(store, "m1", CreditRefused(order.order_id, "no"))
    with pytest.raises(WrongStateError, match="REJECTED"):
        settle_order(store, "m2", CreditReserved(order.order_id))
    assert not was_handled(store, "orders", "m2")


def test_trap_the_reservations_are_a_map_of_uuids_to_minor_units(store):
    """In the item the keys are the text of UUIDs, the amounts whole numbers of cents; one of them can be set alone."""
    order_id, other = uuid4(), uuid4()
    customer = ann()
    customer.reserve(order_id, Money(12_34))
    create_customer(store, customer)
    (item,) = store.client.scan(TableName=store.name)["Items"]
    assert item["CreditReservations"] == {"M": {str(order_id): {"N": "1234"}}}
    assert item["CreditLimit"] == {"N": "25000"} and item["Version"] == {"N": "1"}
    assert customer_of(store, ANN) == evolve(customer, version=1)
    reserved = attribute(Customer.credit_reservations)[other].set(Money(1))
    changed = store[Customer].update({"customer_id": ANN}, reserved, where=attribute(Customer.credit_limit) > Money(1))
    assert changed.credit_reservations == {order_id: Money(12_34), other: Money(1)}
    with pytest.raises(CreditLimitExceededError, match="237.65"):
        changed.reserve(uuid4(), Money(237_66))


def test_trap_a_customer_that_changed_is_not_overwritten(store):
    """Of two who read the same version, the second is refused, and what the first wrote stays."""
    create_customer(store, ann())
    first, second = (store[Customer].require(customer_id=ANN) for _ in range(2))
    first.reserve(order_id := uuid4(), Money(1))
    second.reserve(uuid4(), Money(2))
    with unit_of_work(store) as unit:
        unit.save_customer(first)
    with pytest.raises(StaleCustomerError) as caught, unit_of_work(store) as unit:
        unit.save_customer(second)
        unit.send(CreditReserved(order_id))
    refused = reasons(caught.value)[0]
    assert isinstance(refused, StaleVersionError) and (refused.expected, refused.found) == (1, 2)
    assert customer_of(store, ANN) == refused.item == evolve(first, version=2)
    assert pending_messages(store) == []


def test_trap_what_is_gone_is_stale(store):
    """A version-checked put does not bring back an item that was deleted since it was read."""
    create_customer(store, ann())
    customer = store[Customer].require(customer_id=ANN)
    store[Customer].delete(customer_id=ANN)
    with pytest.raises(StaleCustomerError), unit_of_work(store) as unit:
        unit.save_customer(customer)
    assert customer_of(store, ANN) is None


Work = Callable[[UnitOfWork], None]

REFUSED: dict[type[Exception], Work] = {
    CustomerExistsError: lambda unit: unit.create_customer(ann()),
    StaleCustomerError: lambda unit: unit.save_customer(
        Customer(customer_id=BOB, name="Bob", credit_limit=Money(1), version=7)
    ),
    OrderExistsError: lambda unit: unit.create_order(Order(order_id=ANN, customer_id=ANN, total=Money(1))),
    StaleOrderError: lambda unit: unit.save_order(Order(order_id=BOB, customer_id=ANN, total=Money(1), version=7)),
    AlreadyHandledError: lambda unit: unit.handled("orders", "m1"),
    AlreadySentError: lambda unit: unit.send(CreditReserved(ANN), "sent"),
}


@pytest.fixture
def written(store):
    """The table with an item for each write that is to be refused."""
    with unit_of_work(store) as unit:
        unit.create_customer(ann())
        unit.create_customer(Customer(customer_id=BOB, name="Bob", credit_limit=Money(10_00)))
        unit.create_order(Order(order_id=ANN, customer_id=ANN, total=Money(1)))
        unit.create_order(Order(order_id=BOB, customer_id=BOB, total=Money(1)))
        unit.handled("orders", "m1")
        unit.send(CreditReserved(ANN), "sent")
    return store


@pytest.mark.parametrize("error", REFUSED, ids=lambda error: error.__name__)
def test_trap_each_reason_is_the_error_of_its_own_write(written, error):
    """Whichever write is refused, wherever it stands among others, its own error is raised, and nothing is written."""
    with pytest.raises(error) as caught, unit_of_work(written) as unit:
        unit.handled("customers", "new")
        unit.create_order(Order(customer_id=ANN, total=Money(1)))
        REFUSED[error](unit)
        unit.send(CreditReserved(BOB))
    assert [reason is None for reason in reasons(caught.value)] == [True, True, False, True]
    assert not was_handled(written, "customers", "new")
    assert [sent.message_id for sent in pending_messages(written)] == ["sent"]


def test_trap_the_first_of_several_errors_is_raised(written):
    """A message that was handled before is told as that, whatever else has changed since."""
    with pytest.raises(AlreadyHandledError) as caught, unit_of_work(written) as unit:
        unit.handled("orders", "m1")
        REFUSED[StaleCustomerError](unit)
        REFUSED[OrderExistsError](unit)
    assert [type(reason) for reason in reasons(caught.value)] == [
        ItemExistsError,
        StaleVersionError,
        ItemExistsError,
    ]


def test_trap_a_conflict_is_no_error_of_the_business(store):
    """A reason that says nothing about what was found has no word of the business."""
    with store.transaction() as transaction:
        unit = UnitOfWork(transaction)
        unit.create_customer(ann())
    assert unit.errors([OperationError("TransactionConflict", code="TransactionConflict")]) == []


def test_trap_a_message_is_handled_once(store):
    """The inbox refuses the second delivery in the transaction itself: nothing changes, nothing is told again."""
    create_customer(store, ann())
    message = OrderCreated(uuid4(), ANN, Money(5))
    reserve_credit(store, "m1", message)
    before = (customer_of(store, ANN), pending_messages(store))
    with pytest.raises(AlreadyHandledError):
        reserve_credit(store, "m1", message)
    assert (customer_of(store, ANN), pending_messages(store)) == before
    assert was_handled(store, "customers", "m1") and not was_handled(store, "orders", "m1")
    deliver(store, OutboxMessage(message_id="m1", message=message))
    assert (customer_of(store, ANN), pending_messages(store)) == before


def test_trap_the_outbox_holds_what_is_not_published_yet(store):
    """Messages come oldest first, as what they are; one that is published is out of the index, but still there."""
    messages: list[Message] = [
        OrderCreated(uuid4(), ANN, Money(1)),
        OrderCancelled(uuid4(), ANN),
        CreditRefused(uuid4(), "no"),
    ]
    for message in messages:
        with unit_of_work(store) as unit:
            unit.send(message)
    assert [sent.message for sent in pending_messages(store)] == messages
    seen: list[OutboxMessage] = []
    assert publish_pending(store, seen.append, LATER) == 3
    assert [sent.message for sent in seen] == messages
    assert pending_messages(store) == []
    assert {sent.published_at for sent in store[OutboxMessage].scan()} == {LATER}
    assert publish_pending(store, seen.append, LATER) == 0


def test_trap_what_fails_to_be_published_stays_in_the_outbox(store):
    """A message is noted as published after it is: until then it is delivered again."""
    for order_id in (first := uuid4(), uuid4()):
        with unit_of_work(store) as unit:
            unit.send(CreditReserved(order_id))

    def fail_at_the_second(sent):
        if sent.message.order_id != first:
            raise ConnectionError("the broker is gone")

    with pytest.raises(ConnectionError):
        publish_pending(store, fail_at_the_second, LATER)
    assert [sent.message == CreditReserved(first) for sent in pending_messages(store)] == [False]
