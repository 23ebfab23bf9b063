"""Planted faults of known kinds: floors of what is found and of what is repaired; docs/accuracy.md has the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.findings import Score, false_alarms, measure
from benchmarks.team_findings import measure_team
from crmsheet.sample.messy import MessyBook, messy_book
from crmsheet.sample.messy_team import messy_team

ROWS, SEED = 500, 7  # other faults than the published figures are measured on
FEWEST = 2


@pytest.fixture(scope="module")
def book() -> MessyBook:
    return messy_book(ROWS, seed=SEED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("messy")


@pytest.fixture(scope="module")
def measured(folder: Path, book: MessyBook) -> tuple[list[Score], Score, Score]:
    return measure(folder, book)


def test_every_kind_of_fault_is_found(measured: tuple[list[Score], Score, Score]) -> None:
    assert all(one.planted >= FEWEST for one in measured[0])
    low = {
        one.fault: one.recall for one in measured[0] if one.recall < 0.95 and one.fault != "duplicate_name"
    }
    assert not low
    duplicates = measured[0][0]
    assert duplicates.recall >= 0.9 and duplicates.precision >= 0.9


def test_repairs_are_what_was_meant(measured: tuple[list[Score], Score, Score]) -> None:
    for one in measured[0]:
        assert one.wrong == 0, one.fault
        assert not one.repairable or one.right >= 0.95 * one.planted, one.fault


def test_cleaning_in_one_go_changes_nothing_else(measured: tuple[list[Score], Score, Score]) -> None:
    applied = measured[2]
    assert applied.wrong == 0 and applied.right >= 0.95 * applied.planted


def test_headers_are_found_below_a_title_and_bands(measured: tuple[list[Score], Score, Score]) -> None:
    assert measured[1].recall == measured[1].precision == 1


def test_sound_cells_are_left_alone(
    folder: Path, book: MessyBook, measured: tuple[list[Score], Score, Score]
) -> None:
    alarms = false_alarms(folder / "messy.xlsx", book)
    assert len(alarms) <= 0.01 * len(book.answers), alarms[["cell", "code", "value"]].to_string()


def test_faults_of_the_other_sheets_are_found_and_namesakes_stay_apart(tmp_path: Path) -> None:
    team = messy_team(customers=200, seed=SEED)
    lines, alarms = measure_team(tmp_path / "team.xlsx", team)
    assert not {one.fault: (one.planted, one.found) for one in lines if one.found < 0.95 * one.planted}
    assert all(one.planted >= FEWEST and not one.wrong for one in lines)
    assert alarms.empty, alarms[["entity", "cell", "code", "value"]].to_string()


def test_the_same_seed_gives_the_same_faults(book: MessyBook) -> None:
    assert messy_book(ROWS, seed=SEED).answers.equals(book.answers)
