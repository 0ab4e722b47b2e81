"""The embedded engine: DynamoDB in this process, in one SQLite file; `pynamite.local.client` has the client.

Nothing is imported here, so that evaluating an expression does not load SQLite.
"""
