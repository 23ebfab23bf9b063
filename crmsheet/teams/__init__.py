"""Teams of workbooks: merge what several people filled in, and split a team's workbook into copies (USERS 10)."""

from __future__ import annotations

from crmsheet.teams.merge import MergeResult, merge
from crmsheet.teams.split import split

__all__ = ["MergeResult", "merge", "split"]
