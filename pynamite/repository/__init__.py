"""Repositories: an entity's reads and writes, its queries as lazy values, and transactions over several entities."""

from pynamite.repository.query import Page, Query
from pynamite.repository.repository import Repository
from pynamite.repository.writing.transaction import Transaction, TransactionRepository

__all__ = ["Page", "Query", "Repository", "Transaction", "TransactionRepository"]
