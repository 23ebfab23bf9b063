"""Which analysis sheets there are, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crmsheet.result import Result
from crmsheet.view import View
from crmsheet.views.audit import audit_view, is_audited
from crmsheet.views.core import core_view
from crmsheet.views.duplicates import duplicates_view
from crmsheet.views.followups import followups_view
from crmsheet.views.moves import moves_view
from crmsheet.views.overview import overview_view
from crmsheet.views.quality import quality_view
from crmsheet.views.records import figures_view, repairs_view, requirement_ids_view, snapshots_view
from crmsheet.views.requirements import requirements_view
from crmsheet.views.solutions import solutions_view
from crmsheet.views.tiers import tiers_view
from crmsheet.views.trends import trends_view
from crmsheet.views.win_back import win_back_view

# In the order the sheets stand in the workbook.
VIEWS: tuple[Callable[[Result], View], ...] = (
    overview_view,
    followups_view,
    tiers_view,
    requirements_view,
    trends_view,
    win_back_view,
    core_view,
    moves_view,
    solutions_view,
    quality_view,
    duplicates_view,
    repairs_view,
    snapshots_view,
    requirement_ids_view,
    figures_view,
)


def views_of(result: Result) -> Iterator[View]:
    """Every analysis sheet of a result, one after the other; duplicates only where somebody looked for them, the
    audit list only where somebody has drawn one.
    """
    for view in VIEWS:
        if view is not duplicates_view or result.merges is not None:
            yield view(result)
    if is_audited(result):
        yield audit_view(result)
