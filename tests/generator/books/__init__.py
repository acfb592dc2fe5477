"""Whole books of tables, as many as wanted, with the truth beside them.

What is true is one budget: every yuan has its unit, type of expenditure, function and economic
class, source of funds and project (``budget``). Every table is a view of it along the axes that
its layout names (``axes``, ``sheets``), so all tables of a book agree. How a place prints its
tables is data (``places.toml``) beside the layouts themselves: a new layout gets tables here by
being named there. Text and PDF are two ways to print the same pages (``pages``, ``paper``).
"""
