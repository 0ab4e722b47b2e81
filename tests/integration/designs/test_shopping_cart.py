"""The shopping cart: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from examples.designs.shopping_cart import (
    ANN,
    LAMP,
    MORNING,
    MUG,
    PEN,
    SOMEBODY,
    CartItem,
    CartLine,
    Owner,
    Product,
    ProductTotal,
    add_to_cart,
    cart_lines,
    cart_table,
    checkout,
    expired_items,
    fill,
    migrate_cart,
    move_to_user,
    set_quantity,
    take_from_cart,
    total_quantity,
    update_totals,
)
from pynamite.errors import (
    ConditionFailedError,
    ExpressionError,
    ItemNotFoundError,
    KeyValueError,
    TransactionCanceledError,
    UnknownEntityError,
)
from pynamite.wire import item_to_wire

LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def clock():
    """The time, an hour after the carts were filled; a test may put it forward."""
    return [LATER]


@pytest.fixture
def store(client, table_name, clock):
    """The carts of the sample data."""
    store = cart_table(table_name).connect(client, now=lambda: clock[0])
    store.create_table()
    fill(store)
    return store


def quantities(store, owner):
    """Give how many of which product are in a cart."""
    return {line.product_id: line.quantity for line in cart_lines(store, owner)}


def item(store, pk, sk):
    """Give an item as the table has it."""
    return store.db.get({"pk": pk, "sk": sk})


def image(store, pk, sk):
    """Give an item as a stream has it."""
    return store.client.get_item(TableName=store.name, Key={"pk": {"S": pk}, "sk": {"S": sk}})["Item"]


def record(event, old=None, new=None):
    """Make a record of a stream with both images."""
    images = {name: one for name, one in (("OldImage", old), ("NewImage", new)) if one is not None}
    keys = {name: value for name, value in (new or old).items() if name in {"pk", "sk"}}
    return {"eventID": "1", "eventName": event, "eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, **images}}


def test_products_are_added_and_taken_out(store):
    """What is added is counted to what is there; what is taken out has to be there."""
    assert add_to_cart(store, SOMEBODY, "p-pen", PEN, 5, LATER).quantity == 15
    assert take_from_cart(store, SOMEBODY, "p-pen", 15, LATER).quantity == 0
    assert quantities(store, SOMEBODY) == {"p-mug": 1}
    with pytest.raises(ItemNotFoundError):
        take_from_cart(store, SOMEBODY, "p-lamp", 1, LATER)


def test_a_quantity_is_set(store):
    """Whatever there was, there is so much now."""
    set_quantity(store, ANN, "p-mug", MUG, 7, LATER)
    set_quantity(store, ANN, "p-pen", PEN, 1, LATER)
    assert quantities(store, ANN) == {"p-lamp": 1, "p-mug": 7, "p-pen": 1}


def test_a_cart_is_shown(store):
    """A cart has its own lines, and no other's."""
    assert cart_lines(store, SOMEBODY) == [CartLine("p-mug", 1, MUG), CartLine("p-pen", 10, PEN)]
    assert cart_lines(store, Owner(cart_id="ann")) == []


def test_a_cart_is_taken_over_by_a_user(store):
    """What both carts have is added up, and the unknown cart is empty."""
    assert migrate_cart(store, "c0ffee", "ann", LATER) == 2
    assert quantities(store, ANN) == {"p-lamp": 1, "p-mug": 3, "p-pen": 10}
    assert quantities(store, SOMEBODY) == {}
    assert migrate_cart(store, "c0ffee", "ann", LATER) == 0
    assert store[CartItem].require(user_id="ann", product_id="p-pen").expires == LATER + timedelta(days=7)


def test_a_cart_is_checked_out(store):
    """What is in the cart comes out of it, and nothing stays in, but for the carts of others."""
    take_from_cart(store, ANN, "p-lamp", 1, LATER)
    assert [(one.product_id, one.quantity) for one in checkout(store, "ann")] == [("p-mug", 2)]
    assert store[CartItem].partition(user_id="ann") == []
    assert quantities(store, SOMEBODY) == {"p-mug": 1, "p-pen": 10}
    assert checkout(store, "ann") == []


def test_what_expired_is_found(store):
    """An unknown cart expires after a day, a user's after a week; the number is one of seconds."""
    assert expired_items(store, MORNING + timedelta(hours=23)).all() == []
    assert {one.cart_id for one in expired_items(store, MORNING + timedelta(days=1))} == {"c0ffee"}
    assert expired_items(store, MORNING + timedelta(days=7)).count() == 4
    week = Decimal((MORNING + timedelta(days=7)).timestamp())
    assert item(store, "user#ann", "product#p-mug")["expirationTime"] == week


def test_what_expired_is_in_no_cart(store, clock):
    """It is not shown, not moved, and not counted to what is added; a move goes over it."""
    clock[0] = MORNING + timedelta(days=1)
    assert cart_lines(store, SOMEBODY) == []
    assert migrate_cart(store, "c0ffee", "ann", clock[0]) == 0
    with pytest.raises(ItemNotFoundError, match="has expired"):
        take_from_cart(store, SOMEBODY, "p-pen", 1, clock[0])
    assert add_to_cart(store, SOMEBODY, "p-pen", PEN, 5, clock[0]).quantity == 5
    assert quantities(store, SOMEBODY) == {"p-pen": 5}
    clock[0] = MORNING + timedelta(days=7)
    assert quantities(store, ANN) == {}
    add_to_cart(store, SOMEBODY, "p-mug", MUG, 1, clock[0])
    assert migrate_cart(store, "c0ffee", "ann", clock[0]) == 1
    assert quantities(store, ANN) == {"p-mug": 1}


def test_trap_one_entity_has_two_partition_templates(store):
    """The template is chosen by what is set: no owner is refused, and the first one wins where both are."""
    assert item(store, "cart#c0ffee", "product#p-pen")["quantity"] == 10
    assert item(store, "user#ann", "product#p-lamp")["quantity"] == 1
    with pytest.raises(KeyValueError):
        cart_lines(store, Owner())
    with pytest.raises(KeyValueError):
        add_to_cart(store, Owner(), "p-mug", MUG, 1, LATER)
    both = Owner(user_id="ann", cart_id="c0ffee")
    assert quantities(store, both) == quantities(store, ANN)
    for write in (set_quantity, add_to_cart):
        with pytest.raises(KeyValueError, match="cart_id"):  # the key would not hold it
            write(store, both, "p-mug", MUG, 1, LATER)
    assert {(one.user_id, one.cart_id) for one in store[CartItem].scan()} == {("ann", None), (None, "c0ffee")}


def test_trap_an_upsert_makes_the_key_attributes(store):
    """Adding to nothing makes a whole item, in one write that adds to what is there otherwise."""
    added = add_to_cart(store, Owner(cart_id="new"), "p-mug", MUG, 3, LATER)
    assert item(store, "cart#new", "product#p-mug") == {
        "pk": "cart#new",
        "sk": "product#p-mug",
        "quantity": 3,
        "productDetail": {"name": "Mug", "price": Decimal("9.5"), "category": "kitchen"},
        "expirationTime": Decimal((LATER + timedelta(days=1)).timestamp()),
    }
    assert store[CartItem].require(cart_id="new", product_id="p-mug") == added
    with pytest.raises(ExpressionError, match="'product', 'expires'"):
        key = {"cart_id": "new", "product_id": "p-pen"}
        store[CartItem].update(key, {"quantity": 1}, upsert=True)


def test_trap_no_more_is_taken_out_than_there_is(store):
    """The guard is part of the write, and its error tells what there is."""
    with pytest.raises(ConditionFailedError) as caught:
        take_from_cart(store, ANN, "p-mug", 3, LATER)
    assert caught.value.item.quantity == 2
    assert quantities(store, ANN)["p-mug"] == 2


def test_trap_the_product_is_told_by_the_key_alone(store):
    """No attribute has the product's id: an instance, a line and an error's item have it from the key."""
    assert "product_id" not in item(store, "user#ann", "product#p-mug")
    assert store[CartItem].require(user_id="ann", product_id="p-mug").product_id == "p-mug"
    query = store[CartItem].view(CartLine).query(user_id="ann")
    assert [line.product_id for line in query] == ["p-lamp", "p-mug"]
    request = query.request()
    asked = {request["ExpressionAttributeNames"][name] for name in request["ProjectionExpression"].split(", ")}
    assert asked >= {"sk", "quantity", "productDetail"} and "expirationTime" not in asked
    add_to_cart(store, ANN, "x#y", MUG, 1, LATER)
    assert "x#y" in quantities(store, ANN)


def test_trap_a_cart_that_changes_while_it_moves_loses_nothing(store):
    """What is added between reading and moving is not lost: the move is refused, and moves all of it the next time."""
    seen = store[CartItem].require(cart_id="c0ffee", product_id="p-mug")
    add_to_cart(store, SOMEBODY, "p-mug", MUG, 4, LATER)
    with pytest.raises(TransactionCanceledError) as caught:
        move_to_user(store, seen, ANN, LATER)
    assert [type(reason) for reason in caught.value.reasons] == [type(None), ConditionFailedError]
    assert quantities(store, ANN)["p-mug"] == 2
    migrate_cart(store, "c0ffee", "ann", LATER)
    assert quantities(store, ANN)["p-mug"] == 7
    with pytest.raises(TransactionCanceledError) as moved:
        move_to_user(store, seen, ANN, LATER)
    assert isinstance(moved.value.reasons[1], ItemNotFoundError)
    assert quantities(store, ANN)["p-mug"] == 7


def test_trap_stream_images_become_entities(store):
    """The images of a record are instances, told apart by their keys; totals follow, and foreign items are refused."""
    before = image(store, "user#ann", "product#p-mug")
    add_to_cart(store, ANN, "p-mug", MUG, 3, LATER)
    after = image(store, "user#ann", "product#p-mug")
    change = store.from_record(record("MODIFY", before, after))
    assert (change.event, change.old.quantity, change.new.quantity) == ("MODIFY", 2, 5)
    assert change.new == store[CartItem].require(user_id="ann", product_id="p-mug")
    total = {"pk": "product#p-mug", "sk": "totalquantity", "quantity": 7}
    assert store.from_image(item_to_wire(total)) == ProductTotal(product_id="p-mug", quantity=7)
    with pytest.raises(UnknownEntityError):
        store.from_image(item_to_wire({**total, "sk": "something else"}))


def test_trap_totals_follow_the_stream(store):
    """Inserts, changes and removals are added up by product; records of the totals themselves change nothing."""
    lamp, mugs = image(store, "user#ann", "product#p-lamp"), image(store, "user#ann", "product#p-mug")
    others = image(store, "cart#c0ffee", "product#p-mug")
    update_totals(store, [record("INSERT", new=one) for one in (lamp, mugs, others)])
    assert [total_quantity(store, product) for product in ("p-lamp", "p-mug", "p-pen")] == [1, 3, 0]
    total = image(store, "product#p-mug", "totalquantity")
    more = {**mugs, "quantity": {"N": "6"}}
    update_totals(store, [record("MODIFY", mugs, more), record("REMOVE", lamp), record("INSERT", new=total)])
    assert [total_quantity(store, product) for product in ("p-lamp", "p-mug", "p-pen")] == [0, 7, 0]
    assert item(store, "product#p-mug", "totalquantity") == {
        "pk": "product#p-mug",
        "sk": "totalquantity",
        "quantity": 7,
    }


def test_a_product_is_a_value(store):
    """What is shown of a product is stored in the cart, as it was when it was put in."""
    set_quantity(store, ANN, "p-lamp", Product("Lamp, new", Decimal(40), "office"), 1, LATER)
    assert [line.product.price for line in cart_lines(store, ANN) if line.product_id == "p-lamp"] == [Decimal(40)]
    assert store[CartItem].require(user_id="ann", product_id="p-lamp").product != LAMP
