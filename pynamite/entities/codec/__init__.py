"""Codecs: functions made for a class, between its instances and their items, with nothing in between."""
