"""Dagster as an operator sees it: the real interface, on a home with nights of invented books."""
