"""What stands in ``lite`` runs in Pyodide; here its modules would take the place of the real ones."""

collect_ignore = ["lite"]
