"""The diagram of the entities, and the relations that are inferred from their declarations."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import pytest

from pynamite import Index, NextOf, Table, entity, field, first_of
from pynamite.drawing.relations import Relation, relations
from tests.unit.drawing.shop import TABLE


def related(*entities, indexes=(), **options):
    """Give the relations of a table."""
    return relations(Table("t", *entities, indexes=indexes, **options)._registry)


@entity(pk="REPO#<owner>", sk="REPO")
class Repo:
    owner: str
    issues: int = 0


@entity(pk="REPO#<owner>", sk="ISSUE#<number:pad(6)>")
class Issue:
    owner: str
    number: int | None = field(default=None, sequence=NextOf(Repo.issues))


@entity(pk="REPO#<owner>", sk="ISSUE#<number:pad(6)>#COMMENT#<comment>")
class Comment:
    owner: str
    number: int
    comment: str


@entity(pk="REPO#<owner>", sk="SETTINGS")
class Settings:
    owner: str


def test_who_shares_a_partition_and_has_more_in_the_key_is_a_child():
    """A child of a child is not told of twice."""
    found = related(Repo, Issue, Comment)
    assert found == [
        Relation("Repo", "Issue", "owner", within=True),
        Relation("Issue", "Comment", "owner, number", within=True),
        Relation("Repo", "Issue", "issues numbers number"),
    ]


def test_two_of_one_key_are_one_to_one():
    """The one that is declared first is the parent."""
    assert related(Repo, Settings) == [Relation("Repo", "Settings", "owner", many=False, within=True)]


@entity(pk="CUSTOMER#<name>", sk="CUSTOMER")
class Customer:
    name: str


@entity(pk="ORDER#<order_id>", sk="ORDER", indexes={"GSI1": ("CUSTOMER#<name>", "ORDER#<order_id>")})
class Order:
    order_id: str
    name: str


@entity(pk="LINE#<line_id>", sk="LINE", indexes={"GSI1": ("ORDER#<order_id>", "LINE#<line_id>")})
class Line:
    line_id: str
    order_id: str


def test_a_key_that_has_anothers_partition_key_in_it_is_a_relation():
    """Literal and placeholder say it, in a key of the table or of an index; one query does not read both."""
    assert related(Customer, Order, Line, indexes=[Index("GSI1")]) == [
        Relation("Customer", "Order", "by name"), Relation("Order", "Line", "by order_id")]


@entity(pk="A#<a>", sk="A", indexes={"GSI1": ("STATUS#<status>", "<at>")})
class First:
    a: str
    status: str
    at: str


@entity(pk="B#<b>", sk="B", indexes={"GSI1": ("STATUS#<status>", "<at>#<b>")})
class Second:
    b: str
    status: str
    at: str


def test_a_status_in_common_is_no_relation():
    """What an index sorts together by no id is nobody's parent."""
    assert related(First, Second, indexes=[Index("GSI1")]) == []


@entity(pk="ACCOUNT#<name>", sk="ACCOUNT")
class Person:
    name: str


@entity(pk="ACCOUNT#<name>", sk="ACCOUNT")
class Company:
    name: str


def test_entities_of_one_key_are_alternatives():
    """A person and a company under one name exclude each other."""
    assert related(Person, Company, same_key=[(Person, Company)]) == []


@entity(pk="MAIL#<mail>", sk="MAIL")
class Mailbox:
    mail: str


@entity(pk="MEMBER#<member>", sk="MEMBER", companions=Mailbox)
class Member:
    member: str
    mail: str


def test_a_companion_is_a_relation():
    """It is made with its owner, and kept in step."""
    assert related(Member, Mailbox) == [Relation("Member", "Mailbox", "companion", many=False)]


def test_a_diagram_has_fields_keys_and_relations():
    """Types without None, templates with braces, and marks for keys and what is unique."""
    assert TABLE.to_mermaid() == """\
erDiagram
    "User" {
        key *PK "USER#{user_id}"
        key *SK "PROFILE"
        str user_id PK
        str email UK
        Address address "optional"
        set[str] tags
    }
    "Order" {
        key *PK "USER#{user_id}"
        key *SK "ORDER#{number:pad(3)}"
        key GSI1PK "STATUS#{status}"
        key GSI1SK "{placed_at}"
        key BigPK "BIG"
        key BigSK "{total:pad(6)}"
        str user_id PK
        int number PK
        datetime placed_at
        str status
        int total
        datetime expires "optional, ttl"
    }
    "User" ||--o{ "Order" : "user_id"
"""


@entity(pk=first_of('U"#<uk>;', "C&#<cookie>"), sk="<at>", unique=[("uk", "at")])
class Class:
    uk: str | None
    at: datetime
    cookie: str | None = None
    kind: Literal["a", "b"] = "a"
    either: int | str | dict[str, list[int]] | None = None
    renamed: bool = field(default=False, name="is renamed")


def test_words_of_the_grammar_and_its_delimiters_are_written_otherwise():
    """A class may be called Class, a field uk, and a template may have quotes in it."""
    lines = [line.strip() for line in Table("t", Class).to_mermaid().splitlines()]
    assert lines[1:] == [
        '"Class" {',
        "key *PK \"U'#{uk}#59; | C#38;#{cookie}\"",
        'key *SK "{at}"',
        'str uk_ PK "optional, unique with at"',
        'datetime at PK "unique with uk"',
        'str cookie PK "optional"',
        'Literal kind "one of a, b"',
        'int_or_str_or_dict[str-list[int]] either "optional"',
        'bool renamed "stored as is renamed"',
        "}",
    ]


@entity(pk="HISTORY#<of>", sk="v<version:pad(4)>")
class Past:
    of: str
    version: int




@pytest.mark.parametrize("entities", [(), (Past,)])
def test_a_table_of_one_entity_or_none_has_no_relations(entities):
    """There is nobody to be related to."""
    assert related(*entities) == []
