"""The same five operations on one table, by each of the libraries that are compared.

Each function takes the URL of a server, and gives the operations by name: functions without arguments. All of them
read and write the orders of `stub`, as instances of a class where the library has such. ``stream`` gives an iterator
over the partition that is too long for the memory. A library that is not installed raises ImportError.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs

from benchmarks.stub import ITEMS, LONG, TABLE, item

__all__ = ["LIBRARIES", "NAMES", "Operations"]

Operations = dict[str, Callable[[], Any]]

PK, SK = "ACCOUNT#ann", "ORDER#000000"
KEY = {"PK": {"S": PK}, "SK": {"S": SK}}
KEYS = [{"PK": item(number)["PK"], "SK": item(number)["SK"]} for number in range(ITEMS)]
PLAIN: Mapping[str, Any] = {
    "account": "ann", "number": "000000", "status": "OPEN", "total": 1000, "paid": True, "customer": "Ann Example",
    "note": "n" * 180, "tags": {"a", "b", "c"},
    "address": {"street": "Main Street 1", "zip": "12345", "city": "Springfield"}}
PLAIN_KEYS = [{"PK": PK, "SK": f"ORDER#{number:06d}"} for number in range(ITEMS)]


def floor(url: str) -> Operations:
    """Prepared bytes over a socket, and the answer's bytes received: nothing is made, and nothing read."""
    parts = urlsplit(url)
    connection = socket.create_connection((str(parts.hostname), parts.port or 80))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = bytearray(1 << 17)
    view = memoryview(buffer)

    def prepared(action: str, body_size: int, answer_size: int) -> Callable[[], object]:
        head = f"POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB.{action}\r\nAuthorization: {'x' * 400}\r\n"
        request = f"{head}Content-Length: {body_size}\r\n\r\n{'x' * body_size}".encode()

        def exchange() -> object:
            connection.sendall(request)
            came = connection.recv_into(buffer)
            while came < answer_size:
                came += connection.recv_into(view[came:])
            return came

        return exchange

    return {
        "get": prepared("GetItem", 70, 700), "put": prepared("PutItem", 600, 200),
        "update": prepared("UpdateItem", 300, 700), "query of 100": prepared("Query", 200, 50_000),
        "batch get of 100": prepared("BatchGetItem", 6000, 50_000),
    }


def _boto3_session() -> Any:
    import boto3

    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="y", region_name="us-east-1")


def boto3_client(url: str) -> Operations:
    """Dicts of AttributeValues in and out, by boto3's client."""
    return _by_client(_boto3_session().client("dynamodb", endpoint_url=url))


def fast_client(url: str) -> Operations:
    """The same dicts by pynamite's transport."""
    from pynamite.connect import connect

    return _by_client(connect(_boto3_session().client("dynamodb", endpoint_url=url), transport="fast"))


def _by_client(client: Any) -> Operations:
    whole = item(0)
    return {
        "get": lambda: client.get_item(TableName=TABLE, Key=KEY),
        "put": lambda: client.put_item(TableName=TABLE, Item=whole),
        "update": lambda: client.update_item(
            TableName=TABLE, Key=KEY, UpdateExpression="SET #n = :n ADD #t :one", ReturnValues="ALL_NEW",
            ConditionExpression="attribute_exists(PK)", ExpressionAttributeNames={"#n": "note", "#t": "total"},
            ExpressionAttributeValues={":n": {"S": "m" * 180}, ":one": {"N": "1"}}),
        "query of 100": lambda: client.query(
            TableName=TABLE, KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": {"S": PK}}),
        "batch get of 100": lambda: client.batch_get_item(RequestItems={TABLE: {"Keys": KEYS}}),
        "stream": lambda: (one for page in client.get_paginator("query").paginate(
            TableName=TABLE, KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": {"S": LONG}},
        ) for one in page["Items"]),
    }


def boto3_resource(url: str) -> Operations:
    """Plain dicts in and out, by boto3's resource."""
    resource: Any = _boto3_session().resource("dynamodb", endpoint_url=url)
    table = resource.Table(TABLE)
    key = {"PK": PK, "SK": SK}
    return {
        "get": lambda: table.get_item(Key=key),
        "put": lambda: table.put_item(Item={**key, "_type": "Order", **PLAIN}),
        "update": lambda: table.update_item(
            Key=key, UpdateExpression="SET #n = :n ADD #t :one", ReturnValues="ALL_NEW",
            ConditionExpression="attribute_exists(PK)", ExpressionAttributeNames={"#n": "note", "#t": "total"},
            ExpressionAttributeValues={":n": "m" * 180, ":one": 1}),
        "query of 100": lambda: table.query(
            KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": PK}),
        "batch get of 100": lambda: resource.batch_get_item(RequestItems={TABLE: {"Keys": PLAIN_KEYS}}),
        "stream": lambda: (one for page in resource.meta.client.get_paginator("query").paginate(
            TableName=TABLE, KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": LONG},
        ) for one in page["Items"]),
    }


def pynamite(url: str) -> Operations:
    """Entities, by pynamite's transport."""
    return _entities(url, "fast")


def pynamite_on_boto3(url: str) -> Operations:
    """Entities, by boto3's transport."""
    return _entities(url, "boto3")


def _entities(url: str, transport: Any) -> Operations:
    from pynamite import Table, attribute, entity

    @attrs.define
    class Address:
        street: str
        zip: str
        city: str

    @entity(pk="ACCOUNT#<account>", sk="ORDER#<number>")
    class Order:
        account: str
        number: str
        status: str
        total: int
        paid: bool
        customer: str
        note: str
        tags: set[str]
        address: Address

    client = _boto3_session().client("dynamodb", endpoint_url=url)
    orders = Table(TABLE, Order).connect(client, transport=transport)[Order]
    address = Address(**PLAIN["address"])
    numbers = [{"account": "ann", "number": f"{number:06d}"} for number in range(ITEMS)]
    return {
        "get": lambda: orders.get(account="ann", number="000000"),
        "put": lambda: orders.put(Order(**{**PLAIN, "address": address})),
        "update": lambda: orders.update(
            {"account": "ann", "number": "000000"}, {"note": "m" * 180}, attribute(Order.total).add(1)),
        "query of 100": lambda: orders.partition(account="ann"),
        "batch get of 100": lambda: orders.get_many(numbers),
        "stream": lambda: iter(orders.query(account="all")),
    }


def pynamodb(url: str) -> Operations:
    """Models of PynamoDB."""
    from pynamodb import attributes
    from pynamodb.models import Model

    class Address(attributes.MapAttribute):
        street = attributes.UnicodeAttribute()
        zip = attributes.UnicodeAttribute()
        city = attributes.UnicodeAttribute()

    class Order(Model):
        class Meta:
            table_name = TABLE
            host = url
            region = "us-east-1"
            aws_access_key_id = "x"
            aws_secret_access_key = "y"

        PK = attributes.UnicodeAttribute(hash_key=True)
        SK = attributes.UnicodeAttribute(range_key=True)
        kind = attributes.UnicodeAttribute(attr_name="_type", default="Order")
        account = attributes.UnicodeAttribute()
        number = attributes.UnicodeAttribute()
        status = attributes.UnicodeAttribute()
        total = attributes.NumberAttribute()
        paid = attributes.BooleanAttribute()
        customer = attributes.UnicodeAttribute()
        note = attributes.UnicodeAttribute()
        tags = attributes.UnicodeSetAttribute()
        address = Address()

    order = Order(PK, SK, **{**PLAIN, "address": Address(**PLAIN["address"])})
    pairs = [(key["PK"], key["SK"]) for key in PLAIN_KEYS]
    return {
        "get": lambda: Order.get(PK, SK),
        "put": lambda: Order(PK, SK, **{**PLAIN, "address": Address(**PLAIN["address"])}).save(),
        "update": lambda: order.update(
            actions=[Order.note.set("m" * 180), Order.total.add(1)], condition=Order.PK.exists()),
        "query of 100": lambda: list(Order.query(PK)),
        "batch get of 100": lambda: list(Order.batch_get(pairs)),
        "stream": lambda: Order.query(LONG),
    }


def pydynox(url: str) -> Operations:
    """Models of pydynox, which is written in Rust."""
    from pydynox import DynamoDBClient, Model, ModelConfig, attributes

    client = DynamoDBClient(region="us-east-1", access_key="x", secret_key="y", endpoint_url=url)

    class Order(Model):
        model_config = ModelConfig(table=TABLE, client=client)
        PK = attributes.StringAttribute(partition_key=True)
        SK = attributes.StringAttribute(sort_key=True)
        kind = attributes.StringAttribute(alias="_type", default="Order")
        account = attributes.StringAttribute()
        number = attributes.StringAttribute()
        status = attributes.StringAttribute()
        total = attributes.NumberAttribute()
        paid = attributes.BooleanAttribute()
        customer = attributes.StringAttribute()
        note = attributes.StringAttribute()
        tags = attributes.StringSetAttribute()
        address = attributes.MapAttribute()

    order = Order(PK=PK, SK=SK, **PLAIN)
    return {
        "get": lambda: Order.sync_get(PK=PK, SK=SK),
        "put": lambda: Order(PK=PK, SK=SK, **PLAIN).sync_save(),
        "update": lambda: order.sync_update(
            atomic=[Order.note.set("m" * 180), Order.total.add(1)], condition=Order.PK.exists()),
        "query of 100": lambda: list(Order.sync_query(partition_key=PK)),
        "batch get of 100": lambda: Order.sync_batch_get(PLAIN_KEYS),
        "stream": lambda: iter(Order.sync_query(partition_key=LONG)),
    }


def dyntastic(url: str) -> Operations:
    """Models of dyntastic, of pydantic."""
    from dyntastic import A, Dyntastic
    from pydantic import BaseModel, Field

    _credentials_in_the_environment()

    class Address(BaseModel):
        street: str
        zip: str
        city: str

    class Order(Dyntastic):
        __table_name__ = TABLE
        __hash_key__ = "PK"
        __range_key__ = "SK"
        __table_host__ = url
        __table_region__ = "us-east-1"
        PK: str
        SK: str
        kind: str = Field("Order", alias="_type")
        account: str
        number: str
        status: str
        total: int
        paid: bool
        customer: str
        note: str
        tags: set[str]
        address: Address

    # pydantic cannot find what is local to a function.
    Order.model_rebuild(_types_namespace={"Address": Address})
    order = Order(PK=PK, SK=SK, **PLAIN)
    pairs = [(key["PK"], key["SK"]) for key in PLAIN_KEYS]

    def update() -> object:
        order.ignore_unrefreshed()
        return order.update(
            A.note.set("m" * 180), A.total.set(A.total + 1), condition=A.PK.exists(), refresh=False)

    return {
        "get": lambda: Order.get(PK, SK),
        "put": lambda: Order(PK=PK, SK=SK, **PLAIN).save(),
        "update": update,
        "query of 100": lambda: list(Order.query(PK)),
        "batch get of 100": lambda: Order.batch_get(pairs),
        "stream": lambda: Order.query(LONG),
    }


def dynantic(url: str) -> Operations:
    """Models of dynantic, of pydantic."""
    from dynantic import DynamoModel, Key, SortKey
    from pydantic import BaseModel

    class Address(BaseModel):
        street: str
        zip: str
        city: str

    # Evaluated here, because dynantic reads the annotations while the class is being made.
    namespace = {
        "__module__": __name__, "__qualname__": "Order", "PK": Key(), "SK": SortKey(),
        "model_config": {"extra": "ignore"},  # _type, which pydantic takes for private
        "Meta": type("Meta", (), {"table_name": TABLE, "__module__": __name__, "__qualname__": "Order.Meta"}),
        "__annotations__": {
            "PK": str, "SK": str, "account": str, "number": str, "status": str, "total": int, "paid": bool,
            "customer": str, "note": str, "tags": set[str], "address": Address},
    }
    order_class: Any = type(DynamoModel)("Order", (DynamoModel,), namespace)
    order_class.set_client(_boto3_session().client("dynamodb", endpoint_url=url))
    return {
        "get": lambda: order_class.get(PK, SK),
        "put": lambda: order_class(PK=PK, SK=SK, **PLAIN).save(),
        "update": lambda: order_class.update(PK, SK).set(order_class.note, "m" * 180).add(
            order_class.total, 1).condition(order_class.PK.exists()).execute(),
        "query of 100": lambda: list(order_class.query(PK)),
        "batch get of 100": lambda: order_class.batch_get(PLAIN_KEYS),
        "stream": lambda: iter(order_class.query(LONG)),
    }


def aiodynamo(url: str) -> Operations:
    """Plain dicts by aiodynamo on aiohttp, one call at a time in one event loop."""
    import aiohttp
    from aiodynamo.client import URL, Client
    from aiodynamo.credentials import Key, StaticCredentials
    from aiodynamo.expressions import F, HashKey
    from aiodynamo.http.aiohttp import AIOHTTP
    from aiodynamo.models import BatchGetRequest, ReturnValues

    loop = asyncio.new_event_loop()
    run = loop.run_until_complete

    async def made() -> Any:
        return aiohttp.ClientSession()

    session = run(made())
    atexit.register(lambda: run(session.close()))
    client = Client(AIOHTTP(session), StaticCredentials(Key("x", "y")), "us-east-1", URL(url))
    key = {"PK": PK, "SK": SK}

    async def query() -> object:
        return [found async for found in client.query(TABLE, HashKey("PK", PK))]

    def stream() -> Iterator[object]:
        found = aiter(client.query(TABLE, HashKey("PK", LONG)))
        with contextlib.suppress(StopAsyncIteration):
            while True:
                yield run(anext(found))

    return {
        "get": lambda: run(client.get_item(TABLE, key)),
        "put": lambda: run(client.put_item(TABLE, {**key, "_type": "Order", **PLAIN})),
        "update": lambda: run(client.update_item(
            TABLE, key, F("note").set("m" * 180) & F("total").add(1), return_values=ReturnValues.all_new,
            condition=F("PK").exists())),
        "query of 100": lambda: run(query()),
        "batch get of 100": lambda: run(client.batch_get({TABLE: BatchGetRequest(PLAIN_KEYS)})),
        "stream": stream,
    }


def _credentials_in_the_environment() -> None:
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "x")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "y")


LIBRARIES: dict[str, Callable[[str], Operations]] = {
    "floor": floor, "boto3": boto3_client, "resource": boto3_resource, "pynamite": pynamite,
    "pynamite-boto3": pynamite_on_boto3, "fast-client": fast_client, "pynamodb": pynamodb, "pydynox": pydynox,
    "dyntastic": dyntastic, "dynantic": dynantic, "aiodynamo": aiodynamo,
}
NAMES = {
    "floor": "raw socket, prepared bytes", "boto3": "boto3 client", "resource": "boto3 resource",
    "pynamite": "pynamite", "pynamite-boto3": 'pynamite, `transport="boto3"`',
    "fast-client": "boto3's dicts by pynamite's transport", "pynamodb": "PynamoDB", "pydynox": "pydynox (Rust)",
    "dyntastic": "dyntastic", "dynantic": "dynantic", "aiodynamo": "aiodynamo (dicts)",
}
