"""Libraries that only reports need (``crmsheet[report]``): asked for when used, named when missing."""

from __future__ import annotations

from typing import Any

from crmsheet.errors import load_extra
from crmsheet.report.words import phrase


def library(name: str) -> Any:
    """The module ``name``; ``MissingExtra`` says how to install it."""
    return load_extra(name, feature=phrase("feature.report"), extra="report")
