"""Small workbooks of one group of companies, and an order table beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import xlsxwriter

from crmsheet.labels import Labels

AS_OF = date(2026, 11, 20)
_CITIES = ("北京", "上海", "广州", "成都", "武汉", "西安")
_WORDS = ("恒达", "远景", "明川", "博瑞", "安泰", "中兴源", "海纳", "启明", "金石", "云帆", "华晟", "德润")
_TRADES = ("科技有限公司", "商贸有限公司", "机械制造有限公司", "食品有限公司")


def write_book(path: Path, **tables: Iterable[dict[str, Any]]) -> Path:
    """A workbook with the given rows per sheet code, headers as the template prints them."""
    labels = Labels.load()
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for code, rows in tables.items():
            frame = pd.DataFrame(list(rows))
            sheet = book.add_worksheet(labels.sheet(code))
            sheet.write_row(0, 0, [labels.field(str(name), code) for name in frame])
            for number, row in enumerate(frame.itertuples(index=False), 1):
                for place, value in enumerate(row):
                    if pd.isna(value):
                        continue
                    write = sheet.write_datetime if isinstance(value, date) else sheet.write
                    write(number, place, value)
    return path


def record(number: int, name: str, **facts: Any) -> dict[str, Any]:
    """One row of the record sheet."""
    return {
        "customer_id": f"C2026{number:05d}",
        "customer_name": name,
        "last_contact": AS_OF - timedelta(days=number % 200),
        "status": "处理中",
        "owner": "王芳",
        "explicit_needs": "支持Excel导出",
        **facts,
    }


def company(number: int) -> str:
    word = _WORDS[number % len(_WORDS)] + chr(0x4E00 + number % 997)
    return _CITIES[number % len(_CITIES)] + word + _TRADES[number % len(_TRADES)]


def write_group(folder: Path, files: int, rows: int) -> list[Path]:
    """``files`` workbooks of ``rows`` customers each, in folders of ten."""
    return [
        write_book(
            folder / f"分公司{number // 10:02d}" / f"{number:04d}.xlsx",
            records=[record(number * rows + row, company(number * rows + row)) for row in range(rows)],
        )
        for number in range(files)
    ]


def order_rows(customers: int, count: int, seed: int = 1) -> pd.DataFrame:
    """Orders of ``customers`` customers over three years: repeats of a day, refunds, some of nobody we know."""
    random = Random(seed)
    rows = []
    for number in range(count):
        who = random.randrange(customers + 2)
        day = AS_OF - timedelta(days=random.randrange(1100))
        fen = random.randrange(100, 9_000_000)
        refund = random.random() < 0.05
        rows.append(
            (f"C2026{who:05d}", f"D{number:07d}", pd.Timestamp(day), -fen / 100 if refund else fen / 100)
        )
    return pd.DataFrame(rows, columns=["customer_id", "order_id", "order_date", "amount"])
