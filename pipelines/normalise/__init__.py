"""Normalise: statements → typed records, in columns. No key, no code, no judgement yet."""
