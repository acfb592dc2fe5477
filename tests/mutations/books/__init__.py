"""Damaged books: many tables bound to one another, one place of one of them damaged."""
