"""Readers of cells: one file per kind of value. Pure, cached per distinct value, they never raise on data."""
