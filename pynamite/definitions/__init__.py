"""Definitions out: a declared table as JSON, CloudFormation, Terraform and CDK, its IAM policy, and what differs."""

from __future__ import annotations

from pynamite.definitions.cdk import cdk
from pynamite.definitions.comparing import apply, diff, live_shape
from pynamite.definitions.differences import Diff, Difference, compare
from pynamite.definitions.documents import (
    cloudformation,
    cloudformation_yaml,
    create_table_json,
    read_cloudformation_yaml,
    read_definition,
)
from pynamite.definitions.policies import iam_policy
from pynamite.definitions.shape import IndexShape, Provisioned, Settings, TableShape, shape_of
from pynamite.definitions.terraform import terraform

__all__ = [
    "Diff",
    "Difference",
    "IndexShape",
    "Provisioned",
    "Settings",
    "TableShape",
    "apply",
    "cdk",
    "cloudformation",
    "cloudformation_yaml",
    "compare",
    "create_table_json",
    "diff",
    "iam_policy",
    "live_shape",
    "read_cloudformation_yaml",
    "read_definition",
    "shape_of",
    "terraform",
]
