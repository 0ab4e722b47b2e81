"""Streams: what happened to a table's items, in order, for 24 hours; `streams.client` has their client."""
