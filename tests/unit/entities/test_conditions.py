"""Conditions on an entity: fields become attributes, values AttributeValues of the field's type, mistakes errors."""

# Types that the checkers refuse, or cannot follow, are what this module is about.
# mypy: disable-error-code="arg-type, list-item, attr-defined, misc"
# pyright: reportArgumentType=false, reportOperatorIssue=false

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
import pytest

from pynamite import Table, attribute, entity, field, path
from pynamite.entities.conditions import bind_condition
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.build import Condition
from pynamite.expression.render import Renderer


class Status(Enum):
    OPEN = "open"


@attrs.define
class Geo:
    lat: float


@attrs.define
class Address:
    zip: str = field(name="postcode")
    geo: Geo | None = None


@attrs.define
class Card:
    number: str = field(name="no")


@attrs.define
class Giro:
    number: str = field(name="no")
    bank: str = field(name="b", default="")


@attrs.define
class Cash:
    bank: str = ""


@entity(pk="U#<id>", sk="P")
class User:
    id: str
    email: str = field(default="", name="e-mail")
    visits: int = 0
    balance: Decimal = Decimal(0)
    rate: float = 0.0
    active: bool = True
    raw: bytes = b""
    made: datetime | None = None
    day: date | None = None
    status: Status = Status.OPEN
    tags: set[str] = field(factory=set)
    numbers: list[int] = field(factory=list)
    pair: tuple[int, str] = (0, "")
    address: Address | None = None
    paid: Card | Giro | None = None
    mixed: Giro | Cash | None = None
    by_id: dict[UUID, Address] = field(factory=dict)
    by_number: dict[int, int] = field(factory=dict)
    by_status: dict[Status, int] = field(factory=dict)
    anything: Any = None
    secret: str = field(default="", init=False)


@entity(pk="L#<id>", sk="<sort>")
class Loose:
    id: str = field(key_only=True)
    sort: str
    rest: dict[str, Any] = field(factory=dict, rest=True)


class Stranger:
    __slots__ = ("visits",)
    visits: int


USER = Table("users", User)._registry.member(User)
LOOSE = Table("loose", Loose)._registry.member(Loose)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ONE = UUID(int=1)


def bound(condition: Condition, member: Any = USER) -> tuple[str, list[Any]]:
    """Bind a condition and write it as text, names in place; with it, its values."""
    renderer = Renderer()
    text = renderer.condition(bind_condition(member, condition.node))
    for placeholder, name in sorted(renderer.names.items(), reverse=True):
        text = text.replace(placeholder, name)
    return text, list(renderer.values.values())


@pytest.mark.parametrize(
    "condition, text, values",
    [
        (attribute(User.email) == "a", "e-mail = :v0", [{"S": "a"}]),
        (attribute(User.visits) > 3, "visits > :v0", [{"N": "3"}]),
        (attribute(User.balance) >= Decimal("1.50"), "balance >= :v0", [{"N": "1.5"}]),
        (attribute(User.balance) < Decimal(2), "balance < :v0", [{"N": "2"}]),
        (attribute(User.rate) <= 1, "rate <= :v0", [{"N": "1"}]),
        (attribute(User.active) != True, "active <> :v0", [{"BOOL": True}]),  # noqa: E712
        (attribute(User.made) < NOON, "made < :v0", [{"S": "2026-05-01T12:00:00.000000Z"}]),
        (attribute(User.day).between(date(2026, 1, 1), date(2026, 2, 1)), "day BETWEEN :v0 AND :v1",
         [{"S": "2026-01-01"}, {"S": "2026-02-01"}]),
        (attribute(User.status).in_([Status.OPEN]), "status IN (:v0)", [{"S": "open"}]),
        (attribute(User.visits) == attribute(User.numbers)[0], "visits = numbers[0]", []),
        (attribute(User.tags).contains("a"), "contains(tags, :v0)", [{"S": "a"}]),
        (attribute(User.numbers).contains(1), "contains(numbers, :v0)", [{"N": "1"}]),
        (attribute(User.email).contains("@"), "contains(e-mail, :v0)", [{"S": "@"}]),
        (attribute(User.raw).begins_with(b"a"), "begins_with(raw, :v0)", [{"B": b"a"}]),
        (path("made").begins_with("2026-05"), "begins_with(made, :v0)", [{"S": "2026-05"}]),
        (path("status").begins_with("op"), "begins_with(status, :v0)", [{"S": "op"}]),
        (attribute(User.tags).size() > 2, "size(tags) > :v0", [{"N": "2"}]),
        (attribute(User.email).exists() & attribute(User.made).absent(),
         "attribute_exists(e-mail) AND attribute_not_exists(made)", []),
        (~attribute(User.made).has_type("NULL"), "NOT attribute_type(made, :v0)", [{"S": "NULL"}]),
        (attribute(User.address).at(lambda a: a.zip) == "1", "address.postcode = :v0", [{"S": "1"}]),
        (path("address.geo.lat") > 1.5, "address.geo.lat > :v0", [{"N": "1.5"}]),
        (attribute(User.paid).at(lambda p: p.number) == "1", "paid.no = :v0", [{"S": "1"}]),
        (attribute(User.pair)[1] == "a", "pair[1] = :v0", [{"S": "a"}]),
        (attribute(User.by_id)[ONE].at(lambda a: a.zip) == "1", f"by_id.{ONE}.postcode = :v0", [{"S": "1"}]),
        (attribute(User.by_number)[5] == 1, "by_number.5 = :v0", [{"N": "1"}]),
        (path("by_number.5") == 1, "by_number.5 = :v0", [{"N": "1"}]),
        (attribute(User.by_status)[Status.OPEN] == 1, "by_status.open = :v0", [{"N": "1"}]),
        (attribute(User.anything) == {"a": 1}, "anything = :v0", [{"M": {"a": {"N": "1"}}}]),
    ],
)  # fmt: skip
def test_a_condition_is_bound_by_the_fields_types(condition, text, values):
    """Names are those of the item, values are as the field stores them."""
    assert bound(condition) == (text, values)


ABSENT_OR_NULL = "attribute_not_exists({0}) OR attribute_type({0}, :v0)"


@pytest.mark.parametrize(
    "condition, text",
    [
        (attribute(User.made) == None, ABSENT_OR_NULL.format("made")),  # noqa: E711
        (attribute(User.made) != None, f"NOT ({ABSENT_OR_NULL.format('made')})"),  # noqa: E711
        (path("address.geo") == None, ABSENT_OR_NULL.format("address.geo")),  # noqa: E711
        (attribute(User.tags) == set(), ABSENT_OR_NULL.format("tags")),
        (attribute(User.tags) != set(), f"NOT ({ABSENT_OR_NULL.format('tags')})"),
    ],
)
def test_none_and_the_empty_set_are_absence_or_null(condition, text):
    """The item has no empty sets, and None only where it is not the default."""
    assert bound(condition) == (text, [{"S": "NULL"}])


@pytest.mark.parametrize(
    "condition, told",
    [
        (attribute(User.visits) == 1.5, "a condition on entity 'User': expected int, got 1.5 (float)"),
        (attribute(User.visits) == True, "expected int, got True (bool)"),  # noqa: E712
        (attribute(User.email) == 5, "expected str, got 5 (int)"),
        (attribute(User.made) > datetime(2026, 5, 1), "is naive"),
        (attribute(User.status) == "open", "expected Status, got 'open' (str)"),
        (attribute(User.visits) > None, "None has no order"),
        (attribute(User.visits).between(1, None), "expected int, got None"),
        (attribute(User.visits).in_([1, "2"]), "expected int, got '2' (str)"),
        (attribute(User.visits).in_([]), "in_ on visits has 0 options: it takes 1 to 100"),
        (attribute(User.visits).in_(range(101)), "has 101 options"),
        (attribute(User.tags) == {1}, "expected str, got 1"),
        (attribute(User.tags).size() > "2", "expected int, got '2'"),
        (attribute(User.tags).contains(1), "contains on tags on entity 'User': expected str, got 1 (int)"),
        (attribute(User.numbers).contains("1"), "expected int, got '1'"),
        (path("visits").contains("1"), "contains on visits: int is no text, list or set"),
        (path("visits").begins_with("1"), "begins_with on visits: int is not stored as a text"),
        (path("email").begins_with(b"1"), "str does not begin with b'1'"),
        (path("email").begins_with(5), "begins_with on e-mail takes a text, not 5"),
        (attribute(User.address) == Address(zip=5), "a condition on entity 'User' at .zip: expected str, got 5"),
        (
            path("emial") == "a",
            "entity 'User' has no field 'emial'; did you mean 'email'?; its fields are 'id', 'email'",
        ),
        (path("e-mail") == "a", "has no field 'e-mail'; did you mean 'email'?"),
        (path("secret") == "a", "has no field 'secret'"),
        (path("visits.x") == 1, "path 'visits.x' of entity 'User': int has nothing inside to reach by 'x'"),
        (path("numbers.x") == 1, "list[int] has elements by number, not 'x'"),
        (path("address[0]") == 1, "Address has no element [0]"),
        (path("address.zap") == 1, "Address has no field 'zap'; its fields are 'zip', 'geo'"),
        (path("address.postcode") == "1", "Address has no field 'postcode'"),
        (path("pair[2]") == 1, "tuple[int, str] has 2 elements, none at [2]"),
        (path("paid.zap") == 1, "none of Card | Giro has a field 'zap'"),
        (path("mixed.bank") == "1", "store 'bank' as different attributes, 'b', 'bank'"),
        (path("by_number.x") == 1, "the keys are int, expected int, got 'x'"),
        (path("by_id.x") == 1, "the keys are UUID"),
        (path("tags.a") == 1, "has nothing inside"),
    ],
)
def test_a_mistake_in_a_condition_is_told(condition, told):
    """Before any call, with the field and the type that was expected."""
    with pytest.raises(ExpressionError) as refused:
        bound(condition)
    assert told in str(refused.value)


def test_absence_among_alternatives_is_one_more_alternative():
    """What None stands for is an or itself, and joins the one that it is a part of: no or stands within another."""
    tree = bind_condition(USER, ((attribute(User.made) == None) | (attribute(User.visits) > 3)).node)  # noqa: E711
    assert isinstance(tree, nodes.Or) and len(tree.parts) == 3
    assert not any(isinstance(part, nodes.Or) for part in tree.parts)


def test_an_attribute_of_another_class_is_refused():
    """The same name is not the same field; the field of a base class is."""

    @attrs.define
    class Base:
        visits: int = 0

    @entity(pk="C#<id>", sk="P")
    class Child(Base):
        id: str

    member = Table("t", Child)._registry.member(Child)
    assert bound(attribute(Base.visits) == 1, member)[0] == "visits = :v0"
    assert bound(attribute(Child.visits) == 1, member)[0] == "visits = :v0"
    with pytest.raises(ExpressionError, match=r"attribute\(User.visits\) is used for entity 'Child'"):
        bound(attribute(User.visits) == 1, member)
    with pytest.raises(ExpressionError, match=r"attribute\(Stranger.visits\)"):
        bound(attribute(Stranger.visits) == 1)


def test_what_only_the_rest_field_holds_is_plain():
    """Attributes that no field declares are reached by path; the keys and the rest itself are not."""
    assert bound(path("other.x") == 5, LOOSE) == ("other.x = :v0", [{"N": "5"}])
    for wrong, told in (
        (path("rest.other"), "name the attribute itself"),
        (path("PK"), "has no field 'PK'"),
        (path("_type"), "has no field '_type'"),
        (path("id"), "is key_only"),
    ):
        with pytest.raises(ExpressionError, match=told):
            bound(wrong == 5, LOOSE)
