"""Images and records of a stream, and lines of an export, as instances."""

from __future__ import annotations

import base64
import json

import pytest

from pynamite import Table, entity, field
from pynamite.dynamodb_json import to_json
from pynamite.errors import ItemStructureError, UnknownEntityError
from tests.integration.repository.shop import NOON, Order, Status, User, order, shop_table


@entity(pk="FILE#<name>", sk="FILE")
class File:
    name: str = field(key_only=True)
    content: bytes = b""
    parts: list[bytes] = field(factory=list)
    hashes: set[bytes] = field(factory=set)


FILE = File(name="a", content=b"\x00\xff", parts=[b"1", b"2"], hashes={b"3"})


def stored(client, key, table_name):
    """Read an item as the service has it."""
    return client.get_item(TableName=table_name, Key=key)["Item"]


def as_lambda_has_it(image):
    """Give an image as a function on AWS Lambda gets it: JSON, with binary in base64."""
    return json.loads(to_json(image))


def record(event, *, old=None, new=None, **more):
    keys = {name: (old or new)[name] for name in ("PK", "SK")}
    images = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image is not None}
    return {"eventID": "1", "eventName": event, "dynamodb": {"Keys": keys, **images, "SizeBytes": 1}, **more}


def test_an_image_is_read_as_the_service_has_it_and_as_json(filled):
    """What the repository would get comes out, whichever way binary is written."""
    files = Table(filled.name, File).connect(filled.client)
    files[File].put(FILE)
    image = stored(filled.client, {"PK": {"S": "FILE#a"}, "SK": {"S": "FILE"}}, filled.name)
    assert isinstance(image["content"]["B"], bytes)
    assert files[File].from_image(image) == files.from_image(as_lambda_has_it(image)) == FILE
    user = filled[User].require(account_id="1")
    image = stored(filled.client, {"PK": {"S": "USER#1"}, "SK": {"S": "PROFILE"}}, filled.name)
    assert filled.from_image(image) == filled[User].from_image(as_lambda_has_it(image)) == user


def test_a_record_has_the_instances_before_and_after(filled):
    """As far as the stream carries them."""
    key = {"PK": {"S": "USER#1"}, "SK": {"S": f"ORDER#{NOON:%Y-%m-%dT%H:%M:%S.%f}Z#o0"}}
    old = as_lambda_has_it(stored(filled.client, key, filled.name))
    filled[Order].update(order(0), {"status": Status.PAID})
    new = as_lambda_has_it(stored(filled.client, key, filled.name))
    change = filled.from_record(record("MODIFY", old=old, new=new))
    assert (change.event, change.old, change.new) == ("MODIFY", order(0), order(0, status=Status.PAID))
    assert change.key == {"PK": "USER#1", "SK": key["SK"]["S"]} and not change.expired
    assert filled[Order].from_record(record("MODIFY", old=old, new=new)) == change
    created = filled.from_record(record("INSERT", new=new))
    assert (created.old, created.new) == (None, change.new)
    service = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    gone = filled.from_record(record("REMOVE", old=new, userIdentity=service))
    assert (gone.old, gone.new, gone.expired) == (change.new, None, True)
    keys_only = filled.from_record({"eventName": "MODIFY", "dynamodb": {"Keys": key}})
    assert (keys_only.old, keys_only.new, keys_only.key["PK"]) == (None, None, "USER#1")


def test_foreign_items_are_unknown(filled):
    """Of no entity, of another one, or without a type."""
    user = {"PK": {"S": "USER#1"}, "SK": {"S": "PROFILE"}, "_type": {"S": "User"}, "account_id": {"S": "1"},
            "email": {"S": "e"}}  # fmt: skip
    assert filled[User].from_image(user).email == "e"
    with pytest.raises(UnknownEntityError, match="is User, not Order: read it with store.from_image"):
        filled[Order].from_image(user)
    with pytest.raises(UnknownEntityError, match="is User, not Order"):
        filled[Order].from_record(record("INSERT", new=user))
    for foreign in ({**user, "_type": {"S": "Robot"}}, {name: own for name, own in user.items() if name != "_type"}):
        with pytest.raises(UnknownEntityError, match="'USER#1', 'SK': 'PROFILE'.*User, Order, Task"):
            filled.from_image(foreign)


def test_another_tenants_items_are_unknown(client, table_name):
    """A stream has the items of all tenants; a store reads its own."""
    table = shop_table(table_name)
    ours, theirs = (table.connect(client, tenant=tenant) for tenant in ("ours", "theirs"))
    ours.create_table()
    ours[User].create(User(account_id="1", email="e"))
    image = stored(client, {"PK": {"S": "ours@USER#1"}, "SK": {"S": "PROFILE"}}, table_name)
    assert ours.from_image(image) == User(account_id="1", email="e")
    with pytest.raises(UnknownEntityError, match="another tenant's"):
        theirs.from_image(image)
    with pytest.raises(UnknownEntityError):
        theirs[User].from_record(record("INSERT", new=image))


@pytest.mark.parametrize("image, words", [
    (5, r"\$: expected an item of AttributeValues, got 5"),
    ({"PK": "USER#1"}, r"\$\.PK: expected an AttributeValue such as \{'S': 'x'\}, got 'USER#1'"),
    ({"a": {"S": "x", "N": "1"}}, r"\$\.a: expected an AttributeValue"),
    ({"a": {"X": "x"}}, r"\$\.a: expected an AttributeValue"),
    ({"a": {"N": 5}}, r"\$\.a: 5 is no content of type N"),
    ({"a": {"L": [{"S": "x"}, {"SS": ["x", 5]}]}}, r"\$\.a\[1\]: \['x', 5\] is no content of type SS"),
    ({"a": {"M": {"b": {"BOOL": "yes"}}}}, r"\$\.a\.b: 'yes' is no content of type BOOL"),
    ({"a": {"B": "no base64"}}, r"\$\.a: 'no base64' is no content of type B"),
    ({"a": {"BS": ["MQ==", "?"]}, "b": {"NULL": 1}}, r"\$\.a: .*type BS; \$\.b: 1 is no content of type NULL"),
    ({"a": {"NS": ["1", "many"]}, "b": {"M": []}, "c": {"L": {}}}, r"\$\.a: .* type NS; \$\.b: .*; \$\.c: .* type L"),
    ({"PK": {"S": "A"}, "SK": {"S": "B"}, "_type": {"S": "User"}, "account_id": {"S": "1"}}, r"\$\.email"),
])  # fmt: skip
def test_what_is_no_item_is_refused_with_the_path(image, words):
    """Items as plain values, half AttributeValues, missing fields."""
    with shop_table("shop").connect("sqlite://") as store, pytest.raises(ItemStructureError, match=words):
        store.from_image(image)


@pytest.mark.parametrize("wrong", [5, {}, {"eventName": "MODIFY"}, {"eventName": "NOISE", "dynamodb": {}}])
def test_what_is_no_record_is_refused(wrong):
    """An image is no record, either."""
    with shop_table("shop").connect("sqlite://") as store, pytest.raises(ItemStructureError, match="of a stream"):
        store.from_record(wrong)


def test_binary_in_base64_is_read_at_any_depth():
    """In lists and sets, too, and an attribute that is called B is no type."""
    with Table("files", File).connect("sqlite://") as store:
        image = {
            "PK": {"S": "FILE#a"}, "SK": {"S": "FILE"}, "_type": {"S": "File"}, "B": {"S": "x"},
            "content": {"B": base64.b64encode(b"\x00\xff").decode()},
            "parts": {"L": [{"B": "MQ=="}, {"B": b"2"}]}, "hashes": {"BS": ["Mw=="]},
        }  # fmt: skip
        assert store.from_image(image) == FILE
