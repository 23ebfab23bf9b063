"""Inside Excel: the refresh button, cell functions, the add-in, and a doctor. Loads xlwings only when Excel calls."""
