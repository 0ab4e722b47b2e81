"""Data in and out: files of several formats into tables, and tables into files, as large as they may be."""

from __future__ import annotations

from pynamite.transfer.exporting import export_items
from pynamite.transfer.formats.csv import Csv
from pynamite.transfer.formats.dynamodb_json import DynamoDBJson
from pynamite.transfer.formats.json_lines import JsonLines
from pynamite.transfer.formats.parquet import Parquet
from pynamite.transfer.importing import import_items
from pynamite.transfer.rates import Rate
from pynamite.transfer.rejects import Problem
from pynamite.transfer.reports import Report, State

__all__ = [
    "Csv",
    "DynamoDBJson",
    "JsonLines",
    "Parquet",
    "Problem",
    "Rate",
    "Report",
    "State",
    "export_items",
    "import_items",
]
