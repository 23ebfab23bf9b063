"""What the benchmarks share: workbooks to work on, and jobs measured in a process of their own."""

from __future__ import annotations

import compileall
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

AS_OF = "2026-11-20"
RECORD_HEADERS = [
    "客户编号", "客户名称", "所属行业", "对接人", "职位", "联系方式", "最近接触时间", "接触方式",
    "沟通要点", "显性需求", "隐性需求", "需求优先级", "当前状态", "负责人", "下次跟进计划", "备注",
]  # fmt: skip
IO_ROWS, IO_COLUMNS = 100_000, 20
IO_SHEET, IO_COPY = "客户台账", "分析结果"

# The same job for every library: read all cells of the first sheet, write them into a second one, save.
OPENPYXL_IO = f"""
import openpyxl
book = openpyxl.load_workbook(path)
rows = [[cell.value for cell in row] for row in book["{IO_SHEET}"].iter_rows()]
sheet = book.create_sheet("{IO_COPY}")
for row in rows:
    sheet.append(row)
book.save(out)
"""


@dataclass(frozen=True)
class Cost:
    """Wall and processor seconds of a fresh process, children included, and its peak memory in MB."""

    wall: float
    processor: float
    memory: float


_WRAP = """
import resource, sys, time
path, out = sys.argv[1:3]
_began = time.perf_counter()
{job}
wall = time.perf_counter() - _began
own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(wall, own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, own.ru_maxrss + children.ru_maxrss)
"""


@cache
def keep_bytecode() -> None:
    """Compile the program as its installation does, so that no run is charged for it; once, and only what is stale."""
    found = find_spec("crmsheet")
    for folder in (found.submodule_search_locations if found else None) or ():
        compileall.compile_dir(folder, quiet=1)


def measure(job: str, path: Path, out: Path) -> Cost | None:
    """Cost of ``job``, Python text that knows ``path`` and ``out``; None when a library is not installed."""
    keep_bytecode()
    command = [sys.executable, "-c", _WRAP.format(job=job), str(path), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in done.stderr:
        return None
    if done.returncode:
        raise RuntimeError(done.stderr)
    wall, processor, kilobytes = map(float, done.stdout.splitlines()[-1].split())
    return Cost(wall, processor, kilobytes / 1024)


def best(costs: Sequence[Cost]) -> Cost:
    """The least of several measurements, which the machine's other work disturbed least."""
    return Cost(
        min(cost.wall for cost in costs),
        min(cost.processor for cost in costs),
        min(cost.memory for cost in costs),
    )


def make_io_workbook(path: Path, rows: int = IO_ROWS) -> None:
    """``rows`` x 20 cells: texts few and many, long and short, dates, whole numbers, amounts, blanks."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet(IO_SHEET)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [f"字段{column}" for column in range(1, IO_COLUMNS + 1)])
    industries = ("制造业", "软件和信息技术服务业", "批发和零售业", "建筑业", "教育")
    start = date(2024, 1, 1)
    for row in range(1, rows + 1):
        values = [
            f"C{row:07d}", f"客户{row}科技有限公司", industries[row % 5], f"联系人{row % 900}", row % 97,
            row * 1.37, start + timedelta(days=row % 900), f"需要对接ERP系统，预算{row % 300}万元",
            "高中低"[row % 3], row % 2 == 0, f"沟通要点：第{row}次，希望提供技术培训", (row * 7919) % 100_003 / 100,
            None if row % 4 else "备注", f"1380000{row % 10_000:04d}", start + timedelta(days=row % 31), row,
            "跟进中" if row % 3 else "已签约", f"张{row % 50}", round(row / 3, 2), f"华东区{row % 12}",
        ]  # fmt: skip
        for column, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            elif value is not None:
                sheet.write(row, column, value)
    book.close()


@cache
def _sample_records() -> list[dict[str, Any]]:
    from crmsheet.sample import sample_team

    records = sample_team(date.fromisoformat(AS_OF)).tables["records"]
    return records[list(records.columns[:16])].to_dict("records")


def make_record_workbook(path: Path, rows: int, first: int = 1, *, shared_strings: bool = False) -> None:
    """``rows`` records of the sixteen columns, as varied as the sample team's; customers numbered from ``first``.
    Texts stand in the table of the workbook, as Excel saves them, with ``shared_strings``; else in their cells, as
    systems export them.
    """
    import pandas as pd
    import xlsxwriter

    source = _sample_records()
    book = xlsxwriter.Workbook(str(path), {"constant_memory": not shared_strings})
    sheet = book.add_worksheet("客户需求记录")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, RECORD_HEADERS)
    for line, row in enumerate(range(first, first + rows), start=1):
        record = source[row % len(source)]
        name = record["customer_name"]
        own = {
            "customer_id": f"C{2000 + row % 25}{row:06d}",
            "customer_name": f"{name[:2]}{row:06d}{name[2:]}",
            "contact_notes": f"{record['contact_notes'] or ''}（第{row}次记录）",
        }
        for column, value in enumerate({**record, **own}.values()):
            if isinstance(value, date):
                sheet.write_datetime(line, column, value - timedelta(days=row % 300), day)
            elif not pd.isna(value):
                sheet.write(line, column, value)
    book.close()
