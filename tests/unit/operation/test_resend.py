"""What may be sent again when no answer came: told from the tree of a write."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite.expression import nodes
from pynamite.expression.fill import fill
from pynamite.expression.parse import parse_condition, parse_update
from pynamite.key.schema import KeyAttribute, KeySchema
from pynamite.operation.batch import batch_get, batch_write, put_entry
from pynamite.operation.delete import delete_item
from pynamite.operation.get import get_item
from pynamite.operation.put import put_item
from pynamite.operation.query import query
from pynamite.operation.resend import Resend
from pynamite.operation.scan import scan
from pynamite.operation.tables import create_table, delete_table, describe_table, list_tables, update_table
from pynamite.operation.transact import transact_get, transact_write, with_token
from pynamite.operation.update import update_item

KEY = {"PK": {"S": "1"}}
ITEM = {**KEY, "type": {"S": "User"}, "status": {"S": "OPEN"}}
VALUES: dict[str, dict[str, Any]] = {
    ":one": {"N": "1"}, ":text": {"S": "x"}, ":set": {"SS": ["x"]}, ":list": {"L": []}, ":user": {"S": "User"},
}
GET = get_item("shop", KEY)
NAMES = {"#type": "type", "#status": "status"}


def condition(text: str | None) -> nodes.Condition | None:
    return None if text is None else fill(parse_condition(text), NAMES, VALUES)


def update_of(text: str, where: str | None = None, **options: Any) -> Resend:
    tree = fill(parse_update(text), NAMES, VALUES)
    return update_item("shop", KEY, tree, condition=condition(where), **options).resend


@pytest.mark.parametrize("text", [
    "SET a = :one, b.c = :text", "REMOVE a, b.c", "ADD tags :set", "DELETE tags :set", "SET a = b",
    "SET a = if_not_exists(a, :one)", "SET a = if_not_exists(b, :one)", "SET a = b + :one", "SET a[0].b = :one",
    "SET a = list_append(b, :list)",
])
def test_an_update_that_makes_the_same_item_again_is_safe(text):
    """Values that are set, removed attributes, elements of sets, copies and sums of what does not change."""
    assert update_of(text) is Resend.SAFE


@pytest.mark.parametrize("text", [
    "SET a = a + :one", "SET a = if_not_exists(a, :one) - :one", "ADD a :one", "SET a = list_append(a, :list)",
    "SET a = b, b = a", "SET a = b.c, b = :one", "SET a = if_not_exists(b, :one), b = :one", "SET a[1] = :one",
    "REMOVE a[1]", "DELETE a[1] :set", "SET a = :one ADD b :one",
])
def test_an_update_that_goes_on_from_what_it_made_is_never_sent_again(text):
    """Counters, lists that grow, elements that move up, values that are exchanged."""
    assert update_of(text) is Resend.NEVER


@pytest.mark.parametrize(("where", "resend"), [
    ("#type = :user", Resend.SAFE),
    ("attribute_exists(PK)", Resend.SAFE),
    ("attribute_not_exists(PK) OR #type = :user", Resend.NEVER),
    ("attribute_not_exists(PK)", Resend.NEVER),
    ("#type = :user AND #status = :text", Resend.NEVER),
    ("#type = :user AND elsewhere = :text", Resend.SAFE),
    ("#type = :user AND a = :one", Resend.SAFE),
    ("attribute_not_exists(b)", Resend.NEVER),
    ("attribute_not_exists(gone) AND attribute_exists(a)", Resend.SAFE),
    ("NOT a = :text", Resend.NEVER),
    ("size(a) > :one", Resend.NEVER),
    ("PK = :text", Resend.NEVER),
    ("PK = :one OR attribute_exists(PK)", Resend.SAFE),
])
def test_an_update_is_safe_if_its_effect_leaves_its_condition_true(where, resend):
    """What it does not touch stays as it was, and what it sets is known."""
    assert update_of("SET a = :one, #status = :one, b.c = :one REMOVE gone", where) is resend


def test_an_upsert_is_safe_if_it_sets_the_type():
    """The item that it makes is one that its condition allows."""
    absent_or_own = "attribute_not_exists(PK) OR #type = :user"
    assert update_of("SET #type = :user, a = :one", absent_or_own) is Resend.SAFE


@pytest.mark.parametrize(("where", "resend"), [
    (None, Resend.SAFE),
    ("attribute_not_exists(PK)", Resend.COMPARE),
    ("attribute_not_exists(PK) AND attribute_not_exists(elsewhere)", Resend.COMPARE),
    ("attribute_not_exists(PK) OR #type = :user", Resend.SAFE),
    ("attribute_not_exists(elsewhere)", Resend.SAFE),
    ("attribute_not_exists(#status)", Resend.NEVER),
    ("#status = :text", Resend.NEVER),
    ("attribute_exists(former)", Resend.NEVER),
    ("NOT #status = :text", Resend.NEVER),
])
def test_a_put_is_safe_if_its_item_fulfils_its_condition(where, resend):
    """A put that asks for an absent item is told by the item that refuses it."""
    assert put_item("shop", ITEM, key=KEY, condition=condition(where)).resend is resend


def test_a_new_item_cannot_be_compared_with_what_is_not_given():
    """Without the old item, a refusal says nothing about whose it is."""
    operation = put_item("shop", ITEM, key=KEY, condition=condition("attribute_not_exists(PK)"), old_on_failure=False)
    assert operation.resend is Resend.NEVER


@pytest.mark.parametrize(("where", "resend"), [
    (None, Resend.SAFE),
    ("attribute_not_exists(PK) OR #type = :user", Resend.SAFE),
    ("#type = :user", Resend.NEVER),
    ("attribute_not_exists(PK)", Resend.SAFE),
])
def test_a_deletion_is_safe_if_an_absent_item_fulfils_its_condition(where, resend):
    """One that needs the item is refused the second time, because it was done."""
    assert delete_item("shop", KEY, condition=condition(where)).resend is resend


def test_what_tells_the_old_item_is_not_sent_again():
    """The second answer would tell of what the first try left; unless nobody wants to know."""
    assert update_of("SET a = :one", return_values="ALL_OLD") is Resend.NEVER
    assert update_of("SET a = :one", return_values="UPDATED_OLD") is Resend.NEVER
    assert update_of("SET a = :one", return_values="UPDATED_NEW") is Resend.SAFE
    assert put_item("shop", ITEM, key=KEY, return_values="ALL_OLD").resend is Resend.NEVER
    assert delete_item("shop", KEY, return_values="ALL_OLD").resend is Resend.NEVER
    assert delete_item("shop", KEY, return_values="ALL_OLD", old_matters=False).resend is Resend.SAFE


@pytest.mark.parametrize("operation", [
    GET, query("shop", key_condition=nodes.Compare("=", nodes.Path(("PK",)), nodes.Value(KEY["PK"]))), scan("shop"),
    batch_get({"shop": [KEY]}), transact_get([GET]), describe_table("shop"), list_tables(),
], ids=lambda operation: operation.action)
def test_a_read_may_always_be_sent_again(operation):
    """It changes nothing."""
    assert operation.is_read and operation.resend is Resend.SAFE


def test_a_batch_has_no_conditions_and_is_safe():
    """It puts and deletes whole items."""
    operation = batch_write({"shop": [put_entry(ITEM)]})
    assert (operation.resend, operation.is_read) == (Resend.SAFE, False)


def test_a_transaction_is_known_again_by_its_token():
    """It is given one when it is sent, unless it has one."""
    counter = update_item("shop", KEY, fill(parse_update("ADD a :one"), {}, VALUES))
    bare = transact_write([counter])
    assert bare.resend is Resend.NEVER
    told = with_token(bare, "t")
    assert (told.resend, told.request["ClientRequestToken"]) == (Resend.TOKEN, "t")
    assert with_token(told, "other") is told
    assert transact_write([counter], "t").resend is Resend.TOKEN
    assert with_token(GET, "t") is GET


def test_a_change_of_a_table_is_not_sent_again():
    """The second try would meet the table that the first has made."""
    made = create_table("shop", KeySchema(KeyAttribute("PK")))
    assert {one.resend for one in (made, delete_table("shop"), update_table("shop"))} == {Resend.NEVER}
