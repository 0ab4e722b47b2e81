"""The DB core: plain items in a table, by key, path and partition."""
