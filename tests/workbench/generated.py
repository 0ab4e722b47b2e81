"""Running generated code as a user would, on the items of its model."""

from __future__ import annotations

import contextlib
import sys
import types
import uuid

from pynamite import Table
from pynamite.workbench import generate_entities, load_model


@contextlib.contextmanager
def module_of(model):
    """Run the code that is generated of a model, as a module; gives its tables by name."""
    module = types.ModuleType(f"generated_{uuid.uuid4().hex}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(generate_entities(model), module.__name__, "exec"), module.__dict__)
        yield {own.name: own for own in vars(module).values() if isinstance(own, Table)}
    finally:
        del sys.modules[module.__name__]


def unused_names(model):
    """Give each table of a model a name that no other test uses."""
    return {table.name: f"test-{uuid.uuid4().hex}" for table in model.tables}


def check(model, client):
    """Load a model and its classes; every row is read by a class, is found by its partition, and by its key.

    Gives how many items each class has.
    """
    names = unused_names(model)
    load_model(model, client, names=names)
    counts: dict[str, int] = {}
    with module_of(model) as tables:
        for table in model.tables:
            store = tables[table.name].connect(client, name=names[table.name])
            assert store.session.registry.schema == table.schema
            declared = store.session.registry.indexes
            for index in table.index_schemas:
                assert (index.partition, index.sort) == (declared[index.name].partition, declared[index.name].sort)
            for row in table.items:
                instance = store.from_image(row)
                name = type(instance).__name__
                counts[name] = counts.get(name, 0) + 1
                _check_found(store, instance)
    return counts


def _check_found(store, instance):
    repository = store[type(instance)]
    member = store.session.registry.member(type(instance))
    values = member.values_of(instance)
    assert instance in repository.query({name: values[name] for name in member.slots[0].template.fields}).all()
    assert repository.get({name: values[name] for name in member.key_fields}) == instance
