"""To and from other systems: exports of a CRM become a workbook, a workbook becomes tables for BI tools (R-065)."""

from __future__ import annotations

from crmsheet.exchange.exports import export_workbook
from crmsheet.exchange.imports import import_export

__all__ = ["export_workbook", "import_export"]
