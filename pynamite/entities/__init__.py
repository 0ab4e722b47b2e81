"""Entities: classes whose instances are items, and how they go into a table and come back."""
