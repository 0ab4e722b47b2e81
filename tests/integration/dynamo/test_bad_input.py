"""Bad input gets one clear error that names the thing, before any call, and nothing is written."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr

from pynamite import dynamo
from pynamite.errors import DefinitionError, ExpressionError, ItemStructureError, KeyValueError, PynamiteError
from pynamite.expression import Increment, ListInsert, ListRemove, SetAdd

ANYTHING: Any = "1"

CALLS: list[tuple[Any, type[PynamiteError], str]] = [
    (lambda db: db.get("nodot"), KeyValueError, "'nodot' has no dot"),
    (lambda db: db.get(None), KeyValueError, "None is no key"),
    (lambda db: db.put(["a"], {}), KeyValueError, r"\['a'\] has 1 parts"),
    (lambda db: db.put({"pk": "a", "sk": "b"}, {}), KeyValueError, "lacks 'PK', 'SK'"),
    (lambda db: db.put(["a", ""], {}), KeyValueError, "'SK' is empty"),
    (lambda db: db.put(["a", None], {}), KeyValueError, "'SK' cannot be None"),
    (lambda db: db.delete(["a", ["b"]]), KeyValueError, "'SK' cannot be"),
    (lambda db: db.put("a.b", {"x": math.nan}), ItemStructureError, r"\$\.x: nan cannot be stored"),
    (lambda db: db.put("a.b", {"x": [math.inf]}), ItemStructureError, r"\$\.x\[0\]: inf cannot be stored"),
    (lambda db: db.put("a.b", {"x": Decimal("1." + "1" * 38)}), ItemStructureError, r"\$\.x: .* 39 significant digits"),
    (lambda db: db.put("a.b", {"x": object()}), ItemStructureError, r"\$\.x: a object cannot be stored"),
    (lambda db: db.put("a.b", {"x": "x" * 409_600}), ItemStructureError, "has 4096.. bytes: DynamoDB stores at most"),
    (lambda db: db.create("a.b", {"x": {1: 2}}), ItemStructureError, r"\$\.x: the key 1 is a int"),
    (lambda db: db.put("a.b", ["x"]), ItemStructureError, "a dict of attributes"),
    (lambda db: db.put("a.b", {"SK": "c"}), KeyValueError, "'SK' as 'c'"),
    (lambda db: db.put("a.b", {}, Condition="x"), DefinitionError, r"put\(\) has no option 'Condition'"),
    (lambda db: db.update("a.b", {"a..b": 1}), ExpressionError, r"'a\.\.b' is not a path"),
    (lambda db: db.update("a.b", {"x": math.nan}), ItemStructureError, r"\$\.x: nan"),
    (lambda db: db.update("a.b", {"PK": "c"}), KeyValueError, "'PK' is a key attribute"),
    (lambda db: db.update("a.b", {"SK.x": 1}), KeyValueError, "'SK' is a key attribute"),
    (lambda db: db.update("a.b", {"x": 1, "x.y": 2}), ExpressionError, r"'x' and 'x\.y'"),
    (lambda db: db.update("a.b", {"x": Increment("x", ANYTHING)}), ExpressionError, "the amount is a number"),
    (lambda db: db.update("a.b", {"x": Increment("x", math.inf)}), ItemStructureError, r"\$\.x: inf"),
    (lambda db: db.update("a.b", {"x": SetAdd("x", {1, "a"})}), ItemStructureError, r"\$\.x: the members of a set"),
    (lambda db: db.update("a.b", {"x": ListRemove("x", -1)}), ExpressionError, "-1 is no index"),
    (lambda db: db.update("a.b", {"x": ListInsert("x", 0, "y")}), ExpressionError, "cannot insert into a list, as at"),
    (lambda db: db.update("a.b", {"x": "x" * 409_601}), ItemStructureError, r"\$\.x: the value has 409601 bytes"),
    (lambda db: db.update("a.b", {"x": 1}, ReturnValues="ALL"), DefinitionError, "ReturnValues='ALL'"),
    (lambda db: db.update("a.b", {"x": 1}, ConditionExpression="a ="), ExpressionError, "Invalid ConditionExpression"),
    (lambda db: db.update("a.b", {"x": 1}, ConditionExpression=Attr("x")), ExpressionError, "is no condition"),
    (lambda db: db.update("a.b", {"x": 1}, ConditionExpression=Attr("x").eq(math.nan)), ItemStructureError, "nan"),
    (lambda db: db.get("a.b", "x..y"), ExpressionError, r"'x\.\.y'"),
    (lambda db: db.get("a.b", "x, , y"), ExpressionError, "a path is missing"),
    (lambda db: db.get("a.b", Consistent=True), DefinitionError, "'Consistent'"),
    (lambda db: db.get_partition(""), KeyValueError, "'PK' is empty"),
    (lambda db: db.query(), DefinitionError, "needs a partition key"),
    (lambda db: db.query("a", KeyConditionExpression="PK = :p"), DefinitionError, "not both"),
    (lambda db: db.scan(Limit=0), DefinitionError, "Limit="),
    (lambda db: db.scan(FilterExpression="x = :y"), ExpressionError, ":y"),
]


class NoCalls:
    """Passes what the test itself asks for, and refuses every call of the API."""

    def __getattr__(self, method: str) -> Any:
        def call(**request: Any) -> Any:
            raise AssertionError(f"{method} was called: {request}")

        return call


@pytest.mark.parametrize(("call", "error", "told"), CALLS, ids=[told for _, _, told in CALLS])
def test_a_mistake_is_told_before_any_call(call: Any, error: type[PynamiteError], told: str):
    """The error names what is wrong; the client was not even asked."""
    client: Any = NoCalls()
    with pytest.raises(error, match=told):
        call(dynamo.DB("shop", client))


@pytest.mark.parametrize("tenant", ["", "a@b", 5])
def test_a_wrong_tenant_is_told_at_once(tenant: Any):
    """When the DB is made."""
    client: Any = NoCalls()
    with pytest.raises(KeyValueError, match="tenant"):
        dynamo.DB("shop", client, tenant=tenant)


def test_a_mistake_in_a_batch_writes_nothing(db):
    """Not even the writes before it."""
    with pytest.raises(KeyValueError), db.batch() as batch:
        batch.put("a.b", {"n": 1})
        batch.put("nodot", {})
    assert db.scan() == []
