"""Read transactions: what is pending, and what it is in the end."""

from typing import assert_type

from pynamite import Pending, ReadTransaction, Store, entity


@entity(pk="FILM#<film_id>", sk="FILM")
class Film:
    film_id: str
    title: str


@entity(pk="ACTOR#<name>", sk="ACTOR")
class Actor:
    name: str


def read(store: Store, other: Store, film: Film) -> None:
    with store.read_transaction(other) as tx:
        assert_type(tx, ReadTransaction)
        maybe = tx[Film].get(film_id="1")
        sure = tx[Actor].require({"name": "Weaver"})
        there = tx.of(other)[Film].require(film)
        assert_type(maybe, Pending[Film | None])
        assert_type(sure, Pending[Actor])
        tx[Film].get("FILM#1")  # ERROR
        tx[Film].require(sure)  # ERROR
        tx["Film"]  # ERROR
        tx.of("other")  # ERROR
    assert_type(maybe.value, Film | None)
    assert_type(there.value.title, str)
    maybe.value.title  # ERROR
    sure.value.title  # ERROR
    sure.value = Actor(name="x")  # ERROR
    store.read_transaction("other")  # ERROR


def widen(sure: Pending[Film]) -> Pending[Film | None]:
    return sure
