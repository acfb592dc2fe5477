"""Conform: records → the keys and codes that are the same over documents, bodies and years."""
