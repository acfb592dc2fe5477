"""Leaf room: text → value. Amounts, years, indicators, the grammar of targets; no tables."""
