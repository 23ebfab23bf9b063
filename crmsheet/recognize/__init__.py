"""From cells to tables: which sheet is which standard sheet, where its header is, which rows are data."""

from crmsheet.recognize.workbook import recognize

__all__ = ["recognize"]
