"""Rooms through which the data goes one way."""
