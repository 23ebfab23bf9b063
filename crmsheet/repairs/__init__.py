"""Repairs: what a person accepted becomes edits of cells; every edit is logged and can be taken back (R-055, R-058)."""
