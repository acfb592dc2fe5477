"""Workbooks: the cells of each sheet as they are shown → grids, and lines outside of them."""
