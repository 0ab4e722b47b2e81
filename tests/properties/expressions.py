"""Random items and bound expression trees, shared by the tests that need them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from pynamite.expression.nodes import (
    Add,
    Arithmetic,
    Between,
    Compare,
    Delete,
    Function,
    IfNotExists,
    In,
    ListAppend,
    Not,
    Path,
    Projection,
    Remove,
    Set,
    Size,
    Update,
    Value,
    conjunction,
    disjunction,
)
from pynamite.wire import number_text

# Few names, so that the parts of a tree and an item meet; some that no text could hold without a placeholder.
names = st.sampled_from(["a", "b", "c", "status", "first name", "x.y", "#n0", ":v0", "ü", "[0]", "\\"])
any_name = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def paths_of(of: st.SearchStrategy[str], longest: int = 4) -> st.SearchStrategy[Path]:
    """Give paths whose names are drawn from a strategy."""
    steps = st.one_of(of, st.integers(0, 3))
    return st.tuples(of, st.lists(steps, max_size=longest - 1)).map(lambda parts: Path((parts[0], *parts[1])))


paths = paths_of(names)

numbers = st.one_of(
    st.integers(-5, 5).map(str),
    st.decimals(-(10**20), 10**20, places=3, allow_nan=False, allow_infinity=False).map(number_text),
    st.sampled_from(["1E-130", "9.9E125", "9" * 38]).map(lambda text: number_text(Decimal(text))),
)
text = st.text(st.sampled_from("aAé\ue000😀"), max_size=3)
binary = st.binary(max_size=3)


def _members(kind: str, members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(members, min_size=1, max_size=4, unique=True).map(lambda drawn: {kind: drawn})


scalars = st.one_of(
    text.map(lambda drawn: {"S": drawn}),
    numbers.map(lambda drawn: {"N": drawn}),
    binary.map(lambda drawn: {"B": drawn}),
    st.booleans().map(lambda drawn: {"BOOL": drawn}),
    st.just({"NULL": True}),
)
sets = st.one_of(_members("SS", text), _members("NS", numbers), _members("BS", binary))
wire_values: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.one_of(scalars, sets),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda drawn: {"L": drawn}),
        st.dictionaries(names, inner, max_size=4).map(lambda drawn: {"M": drawn}),
    ),
    max_leaves=6,
)
items = st.dictionaries(names, wire_values, max_size=5)

values = wire_values.map(Value)
operands = st.one_of(paths, values, st.one_of(paths, values).map(Size))

_comparisons = st.one_of(
    st.builds(Compare, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), operands, operands),
    st.builds(Between, operands, operands, operands),
    st.builds(In, operands, st.lists(operands, min_size=1, max_size=3).map(tuple)),
    st.builds(Function, st.sampled_from(["attribute_exists", "attribute_not_exists"]), st.tuples(paths)),
    st.builds(
        Function, st.sampled_from(["begins_with", "contains", "attribute_type"]), st.tuples(operands, operands)),
)


def _joined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda drawn: conjunction(*drawn)), several.map(lambda drawn: disjunction(*drawn)),
        parts.map(Not))


conditions = st.recursive(_comparisons, _joined, max_leaves=8)

_set_operands = st.recursive(
    st.one_of(paths, values), lambda inner: st.builds(IfNotExists, paths, inner), max_leaves=3)
set_values = st.one_of(
    _set_operands,
    st.builds(Arithmetic, st.sampled_from("+-"), _set_operands, _set_operands),
    st.builds(ListAppend, _set_operands, _set_operands),
)


def _several(actions: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(actions, max_size=3).map(tuple)


updates = st.builds(
    Update, _several(st.builds(Set, paths, set_values)), _several(st.builds(Remove, paths)),
    _several(st.builds(Add, paths, values)), _several(st.builds(Delete, paths, values)),
).filter(bool)

projections = st.lists(paths, min_size=1, max_size=4).map(lambda drawn: Projection(tuple(drawn)))
