"""Every public step shows an example, names its requirement, and gives a reason where it decides something."""

from __future__ import annotations

import re
import sys

import pytest

from crmsheet import steps

SOURCE = re.compile(r"\bR-\d{3}\b|\bC-\d{2}\b")
# These add what others decided, or facts that can be read off their columns.
NOTHING_DECIDED = {
    "add_open_needs",
    "add_order_facts",
    "add_playbook",
    "add_requirement_tags",
    "band_sizes",
    "classify_requirements",
    "prepare_orders",
    "word_tiers",
}


@pytest.mark.parametrize("name", steps.__all__)
def test_a_step_shows_an_example_and_names_its_requirement(name: str) -> None:
    step = getattr(steps, name)
    said = f"{step.__doc__}\n{sys.modules[step.__module__].__doc__}"
    assert ">>>" in step.__doc__, name
    assert SOURCE.search(said), name
    assert step.__doc__.startswith("Add "), name


@pytest.mark.parametrize("name", [name for name in steps.__all__ if name not in NOTHING_DECIDED])
def test_a_step_that_decides_gives_its_reason(name: str) -> None:
    assert re.search(r"``\w*_reason``", getattr(steps, name).__doc__), name
