"""The sample team: an invented, seeded, realistic team of 200 customers with planted faults and their answers."""

from __future__ import annotations

from crmsheet.sample.team import SampleTeam, sample_team

__all__ = ["SampleTeam", "sample_team"]
