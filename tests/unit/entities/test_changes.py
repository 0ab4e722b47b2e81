"""Changes of an entity: typed ones and operators, what they touch, what they know, and when they have to read first."""

# Types that the checkers refuse, or cannot follow, are what this module is about.
# mypy: disable-error-code="arg-type, call-overload, misc"
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import functools
from decimal import Decimal
from typing import Any

import attrs
import pytest

from pynamite import (
    Decrement,
    IfNotExists,
    Increment,
    Index,
    ListAppend,
    ListInsert,
    ListPrepend,
    ListRemove,
    Remove,
    SetAdd,
    SetRemove,
    Table,
    attribute,
    entity,
    field,
    path,
)
from pynamite.entities.changes import BoundChanges, bind_changes
from pynamite.errors import DefinitionError, ExpressionError, ItemStructureError
from pynamite.expression import nodes
from pynamite.expression.render import Renderer


@attrs.define
class Address:
    zip: str = field(name="postcode")
    note: str | None = None
    code: str = field(default="", validator=attrs.validators.max_len(3))
    lines: list[str] = attrs.field(factory=list, validator=attrs.validators.max_len(3))


@attrs.define
class Box:
    number: int
    code: str = ""


def whole(instance, own, value):
    """Validate by the whole instance."""
    if instance.visits > 10:
        raise ValueError("too many visits")


@entity(pk="U#<id>", sk="P#<only>", indexes={"GSI1": ("S#<state>", "<visits:pad(3)>")})
class User:
    id: str
    only: str = field(key_only=True)
    email: str = field(name="e-mail")
    state: str | None = None
    visits: int = 5
    count: int = 0
    balance: Decimal = Decimal(0)
    rate: float = 0.5
    limit: int = field(default=0, validator=attrs.validators.le(9))
    checked: int = field(default=0, validator=whole)
    plan: str | None = "free"
    tags: set[str] = field(factory=set)
    roles: set[str] = field(factory=lambda: {"new"})
    names: list[str] = field(factory=list)
    starts: list[int] = field(factory=lambda: [1])
    address: Address | None = None
    places: list[Address] = field(factory=list)
    by_number: dict[int, Address] = field(factory=dict)
    either: Address | Box | None = None
    mixed: Address | list[Address] | str = ""
    matrix: list[list[int]] = field(factory=list)
    trimmed: str = field(default="", converter=str.strip)
    number: int = field(default=0, converter=attrs.Converter(int))
    suffixed: str = field(default="", converter=attrs.Converter(lambda v, own: v + own.name, takes_field=True))
    relative: str = field(default="", converter=attrs.Converter(lambda v, self: v + self.id, takes_self=True))
    derived: str = field(default=attrs.Factory(lambda self: self.id, takes_self=True))


MEMBER = Table("users", User, indexes=[Index("GSI1")])._registry.member(User)
bind = functools.partial(lambda *changes: bind_changes(MEMBER, changes))


def shown(changes: BoundChanges) -> tuple[str, list[Any]]:
    """Write an update as text, names in place; with it, its values."""
    renderer = Renderer()
    text = renderer.update(changes.update)
    for placeholder, name in sorted(renderer.names.items(), reverse=True):
        text = text.replace(placeholder, name)
    return text, list(renderer.values.values())


@pytest.mark.parametrize(
    "change, text, values",
    [
        ({"email": "a"}, "SET e-mail = :v0", [{"S": "a"}]),
        (attribute(User.count).set(3), "SET count = :v0", [{"N": "3"}]),
        ({"plan": None}, "SET plan = :v0", [{"NULL": True}]),
        ({"state": None}, "REMOVE state", []),
        ({"tags": set()}, "REMOVE tags", []),
        ({"roles": set()}, "SET roles = :v0", [{"NULL": True}]),
        ({"address": Address("1")}, "SET address = :v0",
         [{"M": {"postcode": {"S": "1"}, "code": {"S": ""}, "lines": {"L": []}}}]),
        ({"address.zip": "1"}, "SET address.postcode = :v0", [{"S": "1"}]),
        ({"address.note": None}, "REMOVE address.note", []),
        ({"places[0].zip": "1"}, "SET places[0].postcode = :v0", [{"S": "1"}]),
        ({"by_number.5.zip": "1"}, "SET by_number.5.postcode = :v0", [{"S": "1"}]),
        (attribute(User.by_number)[5].at(lambda a: a.zip).set("1"), "SET by_number.5.postcode = :v0", [{"S": "1"}]),
        (attribute(User.count).add(2), "SET count = if_not_exists(count, :v0) + :v1", [{"N": "0"}, {"N": "2"}]),
        (attribute(User.visits).add(1), "SET visits = if_not_exists(visits, :v0) + :v1", [{"N": "5"}, {"N": "1"}]),
        (attribute(User.visits).subtract(1), "SET visits = if_not_exists(visits, :v0) - :v1", [{"N": "5"}, {"N": "1"}]),
        (attribute(User.balance).add(Decimal("1.5")), "SET balance = if_not_exists(balance, :v0) + :v1",
         [{"N": "0"}, {"N": "1.5"}]),
        (attribute(User.rate).add(0.25), "SET rate = if_not_exists(rate, :v0) + :v1", [{"N": "0.5"}, {"N": "0.25"}]),
        ({"visits": Increment("visits")}, "SET visits = if_not_exists(visits, :v0) + :v1", [{"N": "5"}, {"N": "1"}]),
        ({"balance": Decrement("balance")}, "SET balance = if_not_exists(balance, :v0) - :v1",
         [{"N": "0"}, {"N": "1"}]),
        ({"count": Increment("visits", 2)}, "SET count = if_not_exists(visits, :v0) + :v1", [{"N": "5"}, {"N": "2"}]),
        (attribute(User.visits).set_if_absent(0), "SET visits = if_not_exists(visits, :v0)", [{"N": "0"}]),
        ({"visits": IfNotExists("visits", 0)}, "SET visits = if_not_exists(visits, :v0)", [{"N": "0"}]),
        (attribute(User.starts).set_if_absent([]), "SET starts = if_not_exists(starts, :v0)", [{"L": []}]),
        (attribute(User.tags).add({"a"}), "ADD tags :v0", [{"SS": ["a"]}]),
        (attribute(User.tags).discard({"a"}), "DELETE tags :v0", [{"SS": ["a"]}]),
        ({"tags": SetAdd("tags", "a")}, "ADD tags :v0", [{"SS": ["a"]}]),
        ({"tags": SetRemove("tags", ["b", "a"])}, "DELETE tags :v0", [{"SS": ["a", "b"]}]),
        (attribute(User.names).append("a"), "SET names = list_append(if_not_exists(names, :v0), :v1)",
         [{"L": []}, {"L": [{"S": "a"}]}]),
        (attribute(User.starts).prepend(2), "SET starts = list_append(:v0, if_not_exists(starts, :v1))",
         [{"L": [{"N": "2"}]}, {"L": [{"N": "1"}]}]),
        ({"names": ListAppend("names", ["a"])}, "SET names = list_append(if_not_exists(names, :v0), :v1)",
         [{"L": []}, {"L": [{"S": "a"}]}]),
        ({"names": ListPrepend("names", ["a"])}, "SET names = list_append(:v0, if_not_exists(names, :v1))",
         [{"L": [{"S": "a"}]}, {"L": []}]),
        ({"names": ListRemove("names", [0, 2])}, "REMOVE names[0], names[2]", []),
        ({"plan": Remove()}, "REMOVE plan", []),
        (attribute(User.count).copy(attribute(User.visits)), "SET count = if_not_exists(visits, :v0)", [{"N": "5"}]),
        (attribute(User.state).copy(attribute(User.email)), "SET state = e-mail", []),
        ({"trimmed": " a "}, "SET trimmed = :v0", [{"S": "a"}]),
        ({"number": "12"}, "SET number = :v0", [{"N": "12"}]),
        ({"suffixed": "a"}, "SET suffixed = :v0", [{"S": "asuffixed"}]),
    ],
)  # fmt: skip
def test_a_change_is_bound_by_its_fields_type(change, text, values):
    """Names are those of the item; numbers and lists count from the field's default; attrs' converters run."""
    changes = bind(change)
    assert shown(changes) == (text, values)
    assert changes.rereads == ()


@pytest.mark.parametrize(
    "change, known",
    [
        ({"email": "a", "count": 1}, {"email": "a", "count": 1}),
        ({"state": None}, {"state": None}),
        ({"plan": Remove()}, {"plan": "free"}),
        ({"roles": Remove()}, {"roles": {"new"}}),
        ({"derived": Remove()}, {}),
        ({"address.note": "x"}, {}),
        (attribute(User.visits).add(1), {}),
        (attribute(User.count).copy(attribute(User.visits)), {}),
    ],
)
def test_what_is_set_as_a_whole_is_known(change, known):
    """Index keys are made of it; of what is counted, copied or changed inside, the new value is not known."""
    changes = bind(change)
    assert changes.known == known
    assert changes.touched >= set(known)


@pytest.mark.parametrize(
    "change, reason",
    [
        (attribute(User.limit).add(1), "field 'limit' has a validator, which has to see the result"),
        (attribute(User.roles).add({"x"}), "field 'roles' has a default other than the empty set"),
        ({"checked": 1}, "the validator of field 'checked' needs the whole instance"),
        ({"relative": "a"}, "the converter of field 'relative' needs the whole instance"),
        ({"address.code": IfNotExists("address.code", "xyz")}, "field 'code' has a validator"),
        ({"address.lines[0]": "x"}, "field 'lines' has a validator"),
        ({"either.code": IfNotExists("either.code", "xyz")}, "field 'code' has a validator"),
        ({"mixed.code": IfNotExists("mixed.code", "xyz")}, "field 'code' has a validator"),
        (path("email").copy(attribute(User.state)), "state may be None, which e-mail cannot be"),
        (attribute(User.names).insert(0, "a"), "DynamoDB cannot insert into a list, as at [0] of 'names'"),
        ({"matrix[1]": ListInsert("matrix[1]", 2, [5])}, "cannot insert into a list, as at [2] of 'matrix[1]'"),
    ],
)
def test_a_change_whose_result_is_not_known_has_to_read_first(change, reason):
    """The reason is told to who did not ask for it."""
    (told,) = bind(change).rereads
    assert reason in told


@pytest.mark.parametrize(
    "change, sources",
    [
        (attribute(User.count).copy(attribute(User.visits)), {"visits"}),
        (attribute(User.state).set_if_absent("a"), {"state"}),
        ({"count": Increment("visits")}, {"visits"}),
        (attribute(User.names).insert(0, "a"), {"names"}),
        ({"count": 1, "address.zip": "x"}, set()),
    ],
)
def test_what_a_value_is_made_of_is_known(change, sources):
    """Whoever reads first has to see that it is still there as it was."""
    assert bind(change).sources == sources


@pytest.mark.parametrize(
    "change, told",
    [
        ({"count": "1"}, "$.count: expected int, got '1' (str)"),
        ({"count": 1.0}, "$.count: expected int, got 1.0 (float)"),
        ({"count": True}, "$.count: expected int, got True"),
        ({"count": None}, "$.count: expected int, got None"),
        ({"balance": 1}, "$.balance: expected Decimal, got 1 (int)"),
        ({"tags": None}, "$.tags: expected set[str], got None"),
        ({"limit": 10}, "$.limit: 'limit' must be <= 9: 10"),
        ({"address": Address(zip=5)}, "$.address.zip: expected str, got 5"),
        ({"address.zip": 5}, "$.address.postcode: expected str, got 5"),
        ({"address.code": "long"}, "$.address.code: Length of 'code' must be <= 3: 4"),
        ({"names[0]": 5}, "$.names[0]: expected str, got 5"),
        ({"by_number.5": "x"}, "$.by_number.5: expected Address, got 'x'"),
        ({"email": "a" * 500_000}, "500000 bytes"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(change, told):
    """By type and by validator, before any call, with its path."""
    with pytest.raises(ItemStructureError) as refused:
        bind(change)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "change, told",
    [
        ({"visist": 1}, "has no field 'visist'; did you mean 'visits'?"),
        ({"address.zap": 1}, "Address has no field 'zap'"),
        ({"email": Remove()}, "is required (str): it can be set, but not removed"),
        (path("address.zip").remove(), "address.postcode of entity 'User' is required"),
        (path("email").add(1), "e-mail of entity 'User' is str, not a number"),
        (path("tags").add(1), "is set[str], not a number"),
        (path("count").append(1), "is int, not a list"),
        (path("count").add({1}), "is int: it has no elements to add or discard"),
        (attribute(User.count).add(1.5), "the change of count on entity 'User': expected int, got 1.5"),
        ({"count": Increment("count", Decimal("1.5"))}, "expected int, got Decimal('1.5')"),
        (attribute(User.names).append(5), "at [0]: expected str, got 5"),
        (attribute(User.tags).add({5}), "a member of the set: expected str, got 5"),
        (attribute(User.count).copy(attribute(User.email)), "it cannot take the value of e-mail, which is str"),
        (attribute(User.count).set_if_absent("a"), "expected int, got 'a'"),
        ({"count": IfNotExists("email", 1)}, "it cannot take the value of e-mail, which is str"),
        ({"count": Increment("balance")}, "it cannot take the value of balance, which is Decimal"),
        (path("count").insert(0, 1), "is int, not a list"),
        (attribute(User.names).insert(0, 5), "at [0]: expected str, got 5"),
        ({"": 1}, "is not a path"),
    ],
)  # fmt: skip
def test_a_change_that_the_field_cannot_take_is_refused(change, told):
    """Unknown fields with a suggestion, operators on the wrong type, what has to be there removed."""
    with pytest.raises(ExpressionError) as refused:
        bind(change)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "change", [{"id": "2"}, attribute(User.id).set("2"), {"only": "x"}, {"id": Remove()}, {"id.x": 1}]
)
def test_the_fields_of_the_table_key_are_left_to_move(change):
    """An item cannot change its key."""
    with pytest.raises(DefinitionError, match="is part of the table key, which an update cannot change: use move"):
        bind(change)


@pytest.mark.parametrize(
    "change, told",
    [
        (attribute(User.count) > 3, "a condition goes into where="),
        ({"count": attribute(User.count).add(1)}, "give it to update(...) as it is, not in a dict"),
        ("count", "an update takes changes"),
    ],
)
def test_what_is_no_change_is_refused(change, told):
    """A condition, or a change inside a dict."""
    with pytest.raises(TypeError) as refused:
        bind(change)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        ({"count": 1}, attribute(User.count).add(1)),
        ({"address": Address("1")}, {"address.zip": "2"}),
        ({"email": "a"}, path("email").set("b")),
    ],
)
def test_changes_that_overlap_are_refused(changes):
    """Each path is changed once; both are named."""
    with pytest.raises(ExpressionError):
        bind(*changes)


def test_no_elements_are_no_change():
    """An empty set of elements adds nothing, and is not sent."""
    assert bind(attribute(User.tags).add(set()), attribute(User.tags).discard(set())).update == nodes.Update()
