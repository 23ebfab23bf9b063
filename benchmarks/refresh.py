"""How long a whole refresh takes, beside what openpyxl needs to load and save the same file.

    python benchmarks/refresh.py [ROWS]

Each measurement runs in a process of its own; ratios are within one run, so a slow machine slows both.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

AS_OF = "2026-11-20"
HEADERS = [
    "客户编号", "客户名称", "所属行业", "对接人", "职位", "联系方式", "最近接触时间", "接触方式",
    "沟通要点", "显性需求", "隐性需求", "需求优先级", "当前状态", "负责人", "下次跟进计划", "备注",
]  # fmt: skip


def make_workbook(path: Path, rows: int) -> None:
    """``rows`` records of the sixteen columns, as varied as the sample team's."""
    import pandas as pd
    import xlsxwriter

    from crmsheet.sample import sample_team

    records = sample_team(date.fromisoformat(AS_OF)).tables["records"]
    codes = list(records.columns[:16])
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("客户需求记录")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADERS)
    source = records[codes].to_dict("records")
    for row in range(1, rows + 1):
        record = source[row % len(source)]
        for column, code in enumerate(codes):
            value = record[code]
            if code == "customer_id":
                value = f"C{2000 + row % 25}{row:06d}"
            elif code == "customer_name":
                value = f"{value[:2]}{row:06d}{value[2:]}"
            elif code == "contact_notes":
                value = f"{value or ''}（第{row}次记录）"
            if isinstance(value, date):
                sheet.write_datetime(row, column, value - timedelta(days=row % 300), day)
            elif not pd.isna(value):
                sheet.write(row, column, value)
    book.close()


JOBS = {
    "crmsheet refresh": f"import crmsheet; crmsheet.refresh(r'{{path}}', out=r'{{out}}', as_of='{AS_OF}')",
    "openpyxl load + save": "import openpyxl; openpyxl.load_workbook(r'{path}').save(r'{out}')",
    "calamine read alone": (
        "from python_calamine import CalamineWorkbook as Book\n"
        "Book.from_path(r'{path}').get_sheet_by_index(0).to_python()"
    ),
}
WRAP = "{job}\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def measure(job: str) -> tuple[float, float]:
    """Seconds of wall time of a fresh process, and its peak memory in MB."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", WRAP.format(job=job)], capture_output=True, text=True, check=True
    )
    return time.perf_counter() - start, int(done.stdout.split()[-1]) / 1024


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "records.xlsx", Path(folder) / "out.xlsx"
        make_workbook(path, rows)
        print(f"{rows:,} records x 16 columns, {path.stat().st_size / 1e6:.1f} MB")
        figures = {}
        for name, job in JOBS.items():
            figures[name] = measure(job.format(path=path, out=out))
        base = figures["crmsheet refresh"][0]
        for name, (seconds, megabytes) in figures.items():
            print(f"{name:24} {seconds:7.1f} s  {megabytes:7.0f} MB   {seconds / base:5.2f} x of refresh")


if __name__ == "__main__":
    main()
