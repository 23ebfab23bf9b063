"""Workbooks read together say what each says alone, whoever stands beside whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import crmsheet as crm
from crmsheet.batch import judged, reading
from crmsheet.batch.files import Source
from crmsheet.batch.judged import PLACE, judge_stack
from crmsheet.batch.reading import GroupTask, read_group
from crmsheet.batch.setup import Setup
from crmsheet.data import speaking
from crmsheet.model import Tables
from crmsheet.sample.messy_team import messy_team
from crmsheet.stacked import alike, stack
from tests.batch.workbooks import AS_OF, company, record, write_book
from tests.workbooks import S2_FORM, write_rows

SETUP = Setup(crm.Rules.load(), AS_OF)


def _lines(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The rows with what is filled in them; which columns a part has is for those that stand together."""
    texts = frame.drop(columns=PLACE).astype(object)
    rows = texts.where(texts.notna(), None).to_dict("records")
    return [{str(name): repr(value) for name, value in row.items() if value is not None} for row in rows]


def _of_place(parts: Mapping[str, pd.DataFrame], place: int) -> dict[str, list[dict[str, str]]]:
    found = {code: _lines(part[part[PLACE] == place]) for code, part in parts.items()}
    return {code: lines for code, lines in found.items() if lines}


def _read(folder: Path, paths: list[Path]) -> tuple[dict[str, pd.DataFrame], list[dict[str, Any]]]:
    SETUP.write(folder / "setup.pkl")
    sources = tuple(Source(number, path, "", str(path)) for number, path in enumerate(paths))
    group = read_group(GroupTask(sources, folder / "parts", folder / "setup.pkl"))
    parts = {code: pd.read_parquet(group.folder / f"{code}.parquet") for code in group.types}
    return parts, [
        {name: fact for name, fact in group.reports[str(path)].items() if name != "place"} for path in paths
    ]


def _odd_files(folder: Path) -> list[Path]:
    """Workbooks that use the same ids and names: messy, of other columns and languages, broken, with settings."""
    teams = [
        {
            code: table[:25].to_dict("records")
            for code, table in messy_team(customers=60, seed=seed).tables.items()
        }
        for seed in (1, 2)
    ]
    profiles = [{key: row[key] for key in reversed(row) if key != "budget"} for row in teams[0]["profiles"]]
    needs = [
        record(row, company(row), requirement_id=f"R{row % 3}", parent_requirement="R1") for row in range(6)
    ]
    unnumbered = [{**one, "requirement_id": None} for one in needs]
    tasks = [{"task": "a", "requirement_id": "R1", "owner": "王芳", "ends_on": AS_OF}]
    (folder / "broken.xlsx").write_bytes(b"PK no workbook")
    with speaking("en"):
        english = write_book(folder / "english.xlsx", records=[record(1, company(1)), record(1, company(2))])
    return [
        write_book(folder / "messy.xlsx", **teams[0]),
        write_book(folder / "columns.xlsx", **{**teams[0], "profiles": profiles}),
        folder / "broken.xlsx",
        write_book(folder / "again.xlsx", **teams[1]),
        english,
        write_book(folder / "needs.xlsx", records=needs, tasks=tasks),
        write_book(folder / "other_needs.xlsx", records=unnumbered, tasks=tasks),
        write_book(folder / "unused.xlsx", records=[record(row, company(row), phone=None) for row in range(7)]),
        write_book(folder / "days.xlsx", records=[record(1, company(1), next_plan="3个工作日内回访")],
                   holidays=[{"holiday_date": AS_OF + timedelta(days=days)} for days in range(9)]),
        write_book(folder / "no_days.xlsx", records=[record(1, company(1), next_plan="3个工作日内回访")]),
        write_rows(folder / "form.xlsx", [[part, name, value] for part, name, value in S2_FORM], sheet="客户档案"),
        write_rows(folder / "empty.xlsx", [["客户编号", "客户名称", "负责人", "当前状态"]]),
    ]  # fmt: skip


def test_workbooks_read_together_say_what_each_says_alone(tmp_path: Path) -> None:
    paths = _odd_files(tmp_path)
    parts, reports = _read(tmp_path / "together", paths)
    for place, path in enumerate(paths):
        own, (report,) = _read(tmp_path / "alone", [path])
        assert _of_place(parts, place) == _of_place(own, 0), path.name
        assert reports[place] == report, path.name
    assert [path.name for path, report in zip(paths, reports, strict=True) if "error" in report] == [
        "broken.xlsx"
    ]
    assert {"records", "profiles", "orders", "interactions", "tasks", "needs", "issues"} <= set(parts)


IDS = st.sampled_from(["C2024001", "C2024002", "c2024003", "5", "\x0b", None])
NAMES = st.sampled_from(["北京甲科技有限公司", "甲科技", "北京**有限公司", "乙商贸", None])
DAYS = st.sampled_from([date(2026, 11, 1), date(2026, 8, 1), date(2026, 12, 24), "上周", "2026.3", None])
NEEDS = st.sampled_from(["导出报表、单点登录", "单点登录", "尽快", None])
AMOUNTS = st.sampled_from([8.5, 80_000, 90_000.0, -80_000, "12万", None])
CODES = st.sampled_from(["id_format", "missing_required", "date_assumed", "choice_unknown"])
CHOICES = st.sampled_from(["处理中", "待跟进", "合作中", "流失", "已完成", None])
WHO = {"customer_id": IDS, "customer_name": NAMES}
TABLES = {
    "records": {**WHO, "last_contact": DAYS, "next_plan": DAYS, "status": CHOICES, "explicit_needs": NEEDS},
    "profiles": {**WHO, "deal_amount": AMOUNTS, "cooperation": CHOICES, "founded": DAYS, "core_need": NEEDS},
    "interactions": {**WHO, "contacted_on": DAYS, "entered_on": DAYS, "contact_notes": NEEDS},
    "orders": {**WHO, "order_date": DAYS, "amount": AMOUNTS, "order_id": st.sampled_from(["D1", "D2", None])},
    "tasks": {"task": NEEDS, "requirement_id": st.sampled_from(["C2024001-01", "R1", None]), "customer_id": IDS},
    "requirement_ids": {
        "requirement_id": st.sampled_from(["C2024001-01", "C2024001-07"]), "customer": IDS, "requirement": NEEDS},
    "quality": {
        "sheet": st.just("records"), "cell_then": st.sampled_from(["A2", "A3", "C2", "E3"]), "code": CODES,
        "value": IDS, "accept": st.sampled_from(["是", "否", "?", None]), "record": IDS,
        "field": st.just("customer_id"), "row": st.just(9), "marked_at": st.just("Q!A9")},
    "snapshots": {"as_of": st.sampled_from(["2026-08-01", "2026-09-29"]), "customer": IDS, "tier": CHOICES},
}  # fmt: skip


@st.composite
def workbook(draw: st.DrawFn) -> Tables:
    """Few ids, names and days, so that workbooks have them in common."""
    frames = {}
    for code in ["records", *draw(st.sets(st.sampled_from([code for code in TABLES if code != "records"])))]:
        rows = draw(st.lists(st.fixed_dictionaries(TABLES[code]), min_size=1, max_size=7))
        frames[code] = pd.DataFrame(rows, columns=list(TABLES[code]), dtype=object)
    return Tables.from_frames(**frames)


@given(st.lists(workbook(), min_size=2, max_size=3))
@settings(max_examples=6, deadline=None, phases=[Phase.generate])  # each is slow to shrink
def test_no_row_is_related_to_one_of_another_workbook(books: list[Tables]) -> None:
    numbered = dict(enumerate(books))
    for numbers in alike(numbered):
        said = judge_stack(stack([books[number] for number in numbers]), numbers, SETUP)
        for number, facts in zip(numbers, said.facts, strict=True):
            alone = judge_stack(books[number], [number], SETUP)
            assert _of_place(said.parts, number) == _of_place(alone.parts, number)
            assert [facts] == alone.facts


def test_a_workbook_that_cannot_be_judged_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        write_book(tmp_path / f"{number}.xlsx", records=[record(number, company(number))])
        for number in range(3)
    ]
    judge = judged.judge_tables

    def failing(tables: Tables, *others: Any) -> Any:
        if "C202600001" in tables["records"]["customer_id"].tolist():
            raise ZeroDivisionError("odd")
        return judge(tables, *others)

    monkeypatch.setattr(judged, "judge_tables", failing)
    parts, reports = _read(tmp_path, paths)
    assert [report.get("error", "") for report in reports] == ["", "ZeroDivisionError: odd", ""]
    assert parts["records"]["customer_id"].tolist() == ["C202600000", "C202600002"]
    assert reading.PLACE in parts["issues"]
