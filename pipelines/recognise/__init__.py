"""Recognise: grids → statements. Layouts are data; every decision keeps its evidence."""
