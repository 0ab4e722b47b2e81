"""A serverless shopping cart: filled by somebody unknown, taken over when they log in.

    python examples/designs/shopping_cart.py

    entity          pk                                         sk
    CartItem        user#<user_id>, or else cart#<cart_id>     product#<product_id>
    ProductTotal    product#<product_id>                       totalquantity

No attribute says what an item is, or which product it is about: both are told by the key alone.

Access patterns:

    put so many of a product into the cart              add_to_cart
    take so many out, if there are that many            take_from_cart
    set how many there are                              set_quantity
    what is in the cart?                                cart_lines
    log in: the unknown cart becomes the user's         migrate_cart
    check out: take what is in the cart, and empty it   checkout
    tidy up: what expired and is still there            expired_items
    how many of a product lie in all carts?             total_quantity
    the stream of the table keeps those totals          update_totals

Whoever is logged in has a cart under the user's id, whoever is not has one under the id of a cookie. Items expire:
DynamoDB looks at a number of seconds since 1970, in expirationTime, and deletes in its own time. Until then, what
expired by the store's clock is in no cart any more, and what is added begins anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs

from pynamite import Query, Store, Table, attribute, entity, evolve, field, first_of

LIFETIME_OF_CART = timedelta(days=1)
"""How long the cart of somebody unknown is kept."""

LIFETIME_OF_USERS_CART = timedelta(days=7)
"""How long the cart of a user is kept."""


@attrs.frozen
class Product:
    """A product as the cart shows it."""

    name: str
    price: Decimal
    category: str


@entity(pk=first_of("user#<user_id>", "cart#<cart_id>"), sk="product#<product_id>")
class CartItem:
    """So many of a product, in the cart of a user or of somebody unknown."""

    user_id: str | None = field(default=None, key_only=True)
    cart_id: str | None = field(default=None, key_only=True)
    product_id: str = field(key_only=True)
    quantity: int
    product: Product = field(name="productDetail")
    expires: datetime = field(name="expirationTime", ttl=True)


@attrs.frozen
class CartLine:
    """What is shown of an item in a cart."""

    product_id: str
    quantity: int
    product: Product


@entity(pk="product#<product_id>", sk="totalquantity")
class ProductTotal:
    """How many of a product lie in all carts."""

    product_id: str = field(key_only=True)
    quantity: int = 0


@attrs.frozen
class Owner:
    """Whose cart it is: a user's, or somebody's of whom there is a cookie only."""

    user_id: str | None = None
    cart_id: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The field of the key that is set."""
        return {name: value for name, value in attrs.asdict(self).items() if value is not None}

    def key(self, product_id: str) -> dict[str, str]:
        """Give the fields of the key of a product in the cart."""
        return {**self.fields, "product_id": product_id}

    def expiry(self, now: datetime) -> datetime:
        """Tell when what is put into the cart now expires."""
        return now + (LIFETIME_OF_CART if self.user_id is None else LIFETIME_OF_USERS_CART)


def cart_table(name: str = "shopping-cart") -> Table:
    """Declare the table."""
    return Table(name, CartItem, ProductTotal, pk="pk", sk="sk", type_attribute=None)


def add_to_cart(
    store: Store, owner: Owner, product_id: str, product: Product, quantity: int, now: datetime
) -> CartItem:
    """Put so many of a product into a cart, besides those that are in it: one write, whether there are any or not."""
    return store[CartItem].update(
        owner.key(product_id),
        attribute(CartItem.quantity).add(quantity),
        attribute(CartItem.product).set(product),
        attribute(CartItem.expires).set(owner.expiry(now)),
        upsert=True,
    )


def take_from_cart(store: Store, owner: Owner, product_id: str, quantity: int, now: datetime) -> CartItem:
    """Take so many of a product out of a cart.

    Raises:
        ConditionFailedError: there are not that many in it; `item` has what there is.
        ItemNotFoundError: there is none.
    """
    return store[CartItem].update(
        owner.key(product_id),
        attribute(CartItem.quantity).subtract(quantity),
        attribute(CartItem.expires).set(owner.expiry(now)),
        where=attribute(CartItem.quantity) >= quantity,
    )


def set_quantity(
    store: Store, owner: Owner, product_id: str, product: Product, quantity: int, now: datetime
) -> CartItem:
    """Let there be so many of a product in a cart, however many there were."""
    return store[CartItem].put(
        CartItem(
            user_id=owner.user_id,
            cart_id=owner.cart_id,
            product_id=product_id,
            quantity=quantity,
            product=product,
            expires=owner.expiry(now),
        )
    )


def cart_lines(store: Store, owner: Owner) -> list[CartLine]:
    """List what is in a cart: the product's id is read from the key, and nothing more than a line shows."""
    there = attribute(CartItem.quantity) > 0
    return store[CartItem].view(CartLine).query(owner.fields).filter(there).all()


def migrate_cart(store: Store, cart_id: str, user_id: str, now: datetime) -> int:
    """Move what is in an unknown cart to a user's, besides what is there; gives how many products moved.

    Raises:
        TransactionCanceledError: the unknown cart was changed meanwhile: run it again for what is left.
    """
    items = store[CartItem].query(cart_id=cart_id).consistently().all()
    for item in items:
        move_to_user(store, item, Owner(user_id=user_id), now)
    return len(items)


def move_to_user(store: Store, item: CartItem, user: Owner, now: datetime) -> None:
    """Move one product from an unknown cart to a user's: as a whole or not at all, and only if it is as it was read.

    An upsert within the transaction could not go over what expired in the user's cart; a new item can.

    Raises:
        TransactionCanceledError: it was changed, or moved, meanwhile.
    """
    key, expires = user.key(item.product_id), user.expiry(now)
    there = store[CartItem].get(key, consistent_read=True)
    with store.transaction() as tx:
        if there is None:
            tx[CartItem].create(evolve(item, user_id=user.user_id, cart_id=None, expires=expires))
        else:
            tx[CartItem].update(
                key,
                attribute(CartItem.quantity).add(item.quantity),
                attribute(CartItem.product).set(item.product),
                attribute(CartItem.expires).set(expires),
            )
        tx[CartItem].delete(item, where=attribute(CartItem.quantity) == item.quantity, must_exist=True)


def checkout(store: Store, user_id: str) -> list[CartItem]:
    """Take everything out of a user's cart, to be ordered: what was written up to now."""
    items = store[CartItem].query(user_id=user_id).consistently().all()
    store[CartItem].delete_many(items)
    return [item for item in items if item.quantity > 0]


def expired_items(store: Store, now: datetime) -> Query[CartItem]:
    """Read what expired and is still there, in all carts."""
    return store[CartItem].scan().include_expired().filter(attribute(CartItem.expires) <= now)


def total_quantity(store: Store, product_id: str) -> int:
    """Tell how many of a product lie in all carts."""
    found = store[ProductTotal].get(product_id=product_id)
    return 0 if found is None else found.quantity


def update_totals(store: Store, records: Iterable[Mapping[str, Any]]) -> None:
    """Let the totals follow a batch of the table's stream: what changed in carts, product by product.

    The totals are in the same table, so that their own changes come along in the stream: they are passed over.
    """
    changes: Counter[str] = Counter()
    for record in records:
        change = store.from_record(record)
        for item, sign in ((change.old, -1), (change.new, 1)):
            if isinstance(item, CartItem):
                changes[item.product_id] += sign * item.quantity
    for product_id, difference in changes.items():
        if difference:
            added = attribute(ProductTotal.quantity).add(difference)
            store[ProductTotal].update({"product_id": product_id}, added, upsert=True)


MORNING = datetime(2126, 5, 1, 8, tzinfo=UTC)

ANN = Owner(user_id="ann")

SOMEBODY = Owner(cart_id="c0ffee")

MUG = Product("Mug", Decimal("9.50"), "kitchen")

PEN = Product("Pen", Decimal("1.20"), "office")

LAMP = Product("Lamp", Decimal(35), "office")


def fill(store: Store) -> None:
    """Fill the carts of ann and of somebody unknown: both have mugs in them."""
    add_to_cart(store, ANN, "p-mug", MUG, 2, MORNING)
    add_to_cart(store, ANN, "p-lamp", LAMP, 1, MORNING)
    add_to_cart(store, SOMEBODY, "p-mug", MUG, 1, MORNING)
    add_to_cart(store, SOMEBODY, "p-pen", PEN, 10, MORNING)


def main() -> None:
    """Shop."""
    with cart_table().connect("sqlite://", now=lambda: MORNING) as store:
        store.create_table()
        fill(store)
        print("somebody's cart:", cart_lines(store, SOMEBODY))
        print(take_from_cart(store, SOMEBODY, "p-pen", 4, MORNING))
        print("moved:", migrate_cart(store, "c0ffee", "ann", MORNING))
        print("ann's cart:", [(line.product.name, line.quantity) for line in cart_lines(store, ANN)])
        print("to be ordered:", [(item.product_id, item.quantity) for item in checkout(store, "ann")])
        print("ann's cart:", cart_lines(store, ANN))


if __name__ == "__main__":
    main()
