"""An update that is made of one of the same shape is the one that would be made in full."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pynamite import Decrement, IfNotExists, Increment, Index, Table, attribute, entity, field
from pynamite.errors import PynamiteError
from pynamite.repository.session import Session
from pynamite.repository.writing.intents import Update


def positive(_instance: Any, _own: Any, value: int) -> None:
    """Refuse what is not above zero."""
    if value <= 0:
        raise ValueError("not positive")


@entity(pk="U#<id>", sk="X", indexes={"One": ("STATUS#<status>", "<id>")})
class Plain:
    id: str
    status: str = "OPEN"
    name: str | None = "?"
    total: int = 5
    price: Decimal = Decimal(0)
    tags: set[str] = field(factory=set)
    level: int = field(default=1, validator=positive)
    seen: datetime | None = field(default=None, name="seenAt")


@entity(pk="S#<id>", sk="X")
class Stamped:
    id: str
    name: str = ""
    total: int = 0
    changed: datetime | None = field(default=None, updated=True)


MOMENTS = [datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)]
REGISTRY = Table("shop", Plain, Stamped, indexes=[Index("One")])._registry
SESSION = Session(None, REGISTRY)  # type: ignore[arg-type]

PLAIN = st.one_of(
    st.builds(attribute(Plain.name).set, st.text(max_size=2)),
    st.builds(lambda value: {"name": value}, st.none() | st.text(max_size=2) | st.integers()),
    st.builds(attribute(Plain.total).add, st.integers(-2, 2)),
    st.builds(lambda value: {"total": value}, st.integers() | st.booleans()),
    st.builds(lambda value: {"total": Decrement("total", value)}, st.integers(1, 3)),
    st.builds(lambda value: {"price": Increment("price", value)}, st.integers(1, 3)),
    st.builds(lambda value: {"tags": value}, st.sets(st.text(max_size=1), max_size=2)),
    st.builds(lambda value: {"status": value}, st.text(max_size=2)),
    st.builds(lambda value: {"level": value}, st.integers(-1, 2)),
    st.builds(lambda value: {"seen": value}, st.sampled_from(MOMENTS)),
    st.builds(lambda value: {"seen": IfNotExists("seen", value)}, st.sampled_from(MOMENTS)),
)
STAMPED = st.one_of(
    st.builds(attribute(Stamped.name).set, st.text(max_size=2)),
    st.builds(attribute(Stamped.total).add, st.integers(-2, 2)),
    st.builds(lambda value: {"name": value, "total": 1}, st.text(max_size=2)),
    st.builds(lambda value: {"changed": value}, st.sampled_from(MOMENTS)),
)


def attempted(make: Any) -> Any:
    """Give what is sent, and how it may be sent again; or the refusal."""
    try:
        operation = make().operation
    except (PynamiteError, TypeError) as refused:
        return type(refused), str(refused)
    return operation.request, operation.resend, operation.key


@given(st.sampled_from([(Plain, PLAIN), (Stamped, STAMPED)]), st.data())
def test_an_update_of_a_known_shape_is_made_as_any_other(drawn, data):
    """Whatever came before: the request, how it may be sent again, and every refusal are those of the full way."""
    cls, some = drawn
    changes = tuple(data.draw(st.lists(some, min_size=1, max_size=3)))
    moment = data.draw(st.sampled_from(MOMENTS))
    update: Update[Any] = Update(
        session=SESSION, member=REGISTRY.member(cls), values={"id": data.draw(st.text(min_size=1, max_size=2))},
        changes=changes, now=lambda: moment,
    )
    wanted = attempted(lambda: update.plan.write(None))
    assert attempted(update.write) == wanted
    assert attempted(update.write) == wanted
