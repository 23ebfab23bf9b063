"""The only code that touches workbooks."""
