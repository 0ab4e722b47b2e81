"""NoSQL Workbench, both ways: tables as models, models as tables and as code.

`create_nosql_workbench` writes a table's declaration and items as a file that NoSQL Workbench imports. `read_model`
reads such a file, `load_model` makes its tables and writes its rows, and `generate_entities` writes entity classes.
"""

from __future__ import annotations

from pynamite.workbench.export import create_nosql_workbench, export_model
from pynamite.workbench.generate import generate_entities
from pynamite.workbench.load import Loaded, load_model
from pynamite.workbench.model import Facet, Model, ModelIndex, ModelTable, Repair
from pynamite.workbench.read import read_model
from pynamite.workbench.write import model_json, write_model

__all__ = [
    "Facet",
    "Loaded",
    "Model",
    "ModelIndex",
    "ModelTable",
    "Repair",
    "create_nosql_workbench",
    "export_model",
    "generate_entities",
    "load_model",
    "model_json",
    "read_model",
    "write_model",
]
