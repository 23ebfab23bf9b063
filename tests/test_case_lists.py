"""Every list with known answers is read, and what was read is printed per list at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.case_lists import JUDGES, WHOLE, first_runs, lists, read_rows, score, sensitive_rates


@pytest.mark.parametrize("name", lists())
def test_cells_of_the_list_are_read(name: str, record_property: Callable[[str, object], None]) -> None:
    result = score(name)
    record_property("list", str(result))
    assert result.share >= result.floor, result.wrong


def test_every_parser_has_its_lists() -> None:
    for parser in JUDGES:
        assert parser in lists()
        assert f"{parser}_fresh" in lists()


def test_personal_data_is_found_without_false_alarms() -> None:
    precision, recall = sensitive_rates(name for name in lists() if name.startswith("sensitive"))
    assert precision >= 0.99
    assert recall >= 0.99


@pytest.mark.parametrize("name", [name for name in lists() if "_fresh" in name])
def test_a_fresh_list_keeps_its_first_score(name: str) -> None:
    first = first_runs()[name]
    assert int(first["rows"]) == len(read_rows(name))
    assert 0 < int(first["right"]) <= int(first["rows"])


def test_a_wrong_reading_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JUDGES, "dates", lambda row: (row["expected"], "1999-01-01", False))
    assert score("dates").right == 0
    assert score("dates").floor == 1.0 and "dates" in WHOLE
