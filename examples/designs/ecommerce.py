"""An e-commerce shop: customers, their orders, and what is in them.

    python examples/designs/ecommerce.py

    entity           PK                                  SK                       GSI1PK            GSI1SK
    Customer         CUSTOMER#<username>                 CUSTOMER#<username>
    (its guard)      UNIQUE#Customer#email#<email>       the same
    Order            CUSTOMER#<username>                 #ORDER#<order_id>        ORDER#<order_id>  ORDER#<order_id>
    OrderItem        ORDER#<order_id>#ITEM#<item_id>     the same                 ORDER#<order_id>  ITEM#<item_id>

Access patterns:

    register a customer: username and e-mail are unique       create_customer
    who is this customer, without the addresses?              customer_header
    who has this e-mail address?                              customer_with_email
    keep an address under a name, such as "home"              save_address, forget_address
    give a customer another e-mail address                    change_email
    delete a customer, so that both names are free again      delete_customer
    place an order with what is in it                         place_order
    a customer with the newest orders                         customer_with_newest_orders
    an order has been shipped, delivered, cancelled           set_status
    an order with what is in it                               order_with_items

That an e-mail address is unique is declared with the field: an item that stands for the address comes, changes and goes
with the customer, in the same transaction. The published design writes it by hand, as CUSTOMEREMAIL#<email>.

An order's sort key begins with `#`, so that orders come before their customer: read backwards, the partition begins
with the customer, and the newest orders follow. For that, the ids of orders have to sort by time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import attrs

from pynamite import Aggregate, Index, Store, Table, attribute, entity, field

Status = Literal["PLACED", "SHIPPED", "DELIVERED", "CANCELLED"]


@attrs.frozen
class Address:
    """Where a parcel goes."""

    street: str
    city: str
    country: str


@entity(pk="CUSTOMER#<username>", sk="CUSTOMER#<username>")
class Customer:
    """Who buys."""

    username: str
    email: str = field(unique=True)
    name: str
    addresses: dict[str, Address] = field(factory=dict)


@attrs.frozen
class CustomerHeader:
    """A customer without the addresses."""

    username: str
    email: str
    name: str


@entity(
    pk="CUSTOMER#<username>",
    sk="#ORDER#<order_id>",
    indexes={"GSI1": ("ORDER#<order_id>", "ORDER#<order_id>")},
)
class Order:
    """What a customer ordered, as a whole; `order_id` sorts by time."""

    username: str
    order_id: str
    placed_at: datetime
    amount: Decimal
    number_of_items: int
    status: Status = "PLACED"


@entity(
    pk="ORDER#<order_id>#ITEM#<item_id>",
    sk="ORDER#<order_id>#ITEM#<item_id>",
    indexes={"GSI1": ("ORDER#<order_id>", "ITEM#<item_id>")},
)
class OrderItem:
    """One thing in an order."""

    order_id: str
    item_id: str
    description: str
    price: Decimal
    quantity: int = 1


def shop_table(name: str = "ecommerce") -> Table:
    """Declare the table."""
    return Table(name, Customer, Order, OrderItem, indexes=[Index("GSI1")])


def create_customer(store: Store, customer: Customer) -> Customer:
    """Register a customer.

    Raises:
        ItemExistsError: the username is taken.
        UniqueViolationError: the e-mail address is.
    """
    return store[Customer].create(customer)


def customer_header(store: Store, username: str) -> CustomerHeader | None:
    """Find a customer; the addresses are not read."""
    return store[Customer].view(CustomerHeader).get(username=username)


def customer_with_email(store: Store, email: str) -> Customer | None:
    """Find whose e-mail address it is."""
    return store[Customer].get_unique(email=email)


def save_address(store: Store, username: str, called: str, address: Address) -> Customer:
    """Keep an address under a name, in place of the one that has it; the other addresses are not touched."""
    return store[Customer].update({"username": username}, attribute(Customer.addresses)[called].set(address))


def forget_address(store: Store, username: str, called: str) -> Customer:
    """Drop the address of a name."""
    return store[Customer].update({"username": username}, attribute(Customer.addresses)[called].remove())


def change_email(store: Store, customer: Customer, email: str) -> Customer:
    """Give a customer another e-mail address: the old one is free from then on.

    Raises:
        UniqueViolationError: the new address is taken.
        ConditionFailedError: somebody changed the customer's meanwhile.
    """
    unchanged = attribute(Customer.email) == customer.email
    return store[Customer].update(customer, attribute(Customer.email).set(email), where=unchanged)


def delete_customer(store: Store, customer: Customer) -> None:
    """Delete a customer, so that the username and the e-mail address are free; orders stay."""
    store[Customer].delete(customer, must_exist=True)


def place_order(store: Store, order: Order, items: Sequence[OrderItem]) -> None:
    """Save an order with what is in it, for a customer who is there: all of it, or nothing."""
    with store.transaction() as tx:
        tx[Customer].check(username=order.username)
        tx[Order].create(order)
        for item in items:
            tx[OrderItem].create(item)


def customer_with_newest_orders(store: Store, username: str, newest: int = 10) -> Aggregate[CustomerHeader, Order]:
    """Read a customer, without the addresses, and the newest orders, in one query."""
    header = store[Customer].view(CustomerHeader)
    return store.aggregate(header, Order, username=username).reverse().limit(newest)


def set_status(store: Store, username: str, order_id: str, status: Status) -> Order:
    """Note how far an order is."""
    return store[Order].update({"username": username, "order_id": order_id}, attribute(Order.status).set(status))


def order_with_items(store: Store, order_id: str) -> Aggregate[Order, OrderItem]:
    """Read an order and what is in it, in one query."""
    return store.aggregate("GSI1", Order, OrderItem, order_id=order_id)


MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fill(store: Store) -> None:
    """Register ann and bob; ann orders on twelve days, bob never."""
    home = Address("1 Main Street", "Berne", "CH")
    create_customer(store, Customer(username="ann", email="ann@example.com", name="Ann", addresses={"home": home}))
    create_customer(store, Customer(username="bob", email="bob@example.com", name="Bob"))
    for day in range(12):
        order_id = f"order-{day:02}"
        items = [
            OrderItem(
                order_id=order_id, item_id=f"item-{n}", description=f"thing {n}", price=Decimal("9.90"), quantity=n
            )
            for n in range(1, 3)
        ]
        placed_at, amount = MAY + timedelta(days=day), sum((one.price * one.quantity for one in items), Decimal(0))
        order = Order(username="ann", order_id=order_id, placed_at=placed_at, amount=amount, number_of_items=len(items))
        place_order(store, order, items)


def main() -> None:
    """Buy something."""
    with shop_table().connect("sqlite://") as store:
        store.create_table()
        fill(store)
        print(customer_header(store, "ann"))
        print(save_address(store, "ann", "work", Address("2 Side Street", "Basel", "CH")))
        found = customer_with_newest_orders(store, "ann", 3)
        print(found.parent and found.parent.name, [order.order_id for order in found.children])
        print(set_status(store, "ann", "order-11", "SHIPPED"))
        order = order_with_items(store, "order-11")
        print(order.parent and order.parent.status, [item.description for item in order.children])


if __name__ == "__main__":
    main()
