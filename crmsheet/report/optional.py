"""Libraries that only reports need (``crmsheet[report]``): asked for when used, named when missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from crmsheet.errors import MissingExtra
from crmsheet.report.words import phrase


def library(name: str) -> Any:
    """The module ``name``; ``MissingExtra`` says how to install it."""
    try:
        return import_module(name)
    except ImportError as error:
        missing = (error.name or name).split(".", maxsplit=1)[0]
        raise MissingExtra(feature=phrase("feature.report"), extra="report", module=missing) from None
