"""What users point at our sheets goes on pointing there: formulas, names, charts and pivot sources, run after run."""

from __future__ import annotations

from pathlib import Path

import odd_beside
from designs import rich_design
from odd_parts import BOOK, SHEET, Odd
from packages import lost_or_changed, parts

from crmsheet.book.workbook import Workbook


def _refreshed(path: Path, rows: int) -> Path:
    book = Workbook.open(path)
    book.put_sheet("tiers", "客户分层", rich_design(rows))
    book.save(path)
    return path


def _user_points_at_it(path: Path) -> Path:
    odd = Odd(
        {
            name: data if name.endswith((".png", ".bin")) else data.decode()
            for name, data in parts(path).items()
        }
    )
    odd.edit(
        SHEET, "</row></sheetData>", "<c r=\"R2\"><f>SUM('客户分层'!C6:C9)</f><v>1</v></c></row></sheetData>"
    )
    odd.edit(
        BOOK,
        "</definedNames>",
        "<definedName name=\"我的\">'客户分层'!$A$6:$A$9</definedName></definedNames>",
    )
    odd.drawing_with_chart(SHEET)
    chart = max(name for name in odd.parts if name.startswith("xl/charts/chart"))
    odd.edit(chart, "客户需求记录!$B$1:$B$2", "'客户分层'!$C$6:$C$9")
    odd_beside.pivot_caches(odd)
    odd.edit(
        "xl/pivotCache/pivotCacheDefinition1.xml", 'ref="A1:P2" sheet="客户需求记录"', 'name="crm_tiers"'
    )
    path.write_bytes(odd.archive())
    return path


def test_references_to_our_sheet_stay_through_refreshes(tmp_path: Path) -> None:
    path = tmp_path / "客户.xlsx"
    path.write_bytes(Odd.plain().archive())
    _user_points_at_it(_refreshed(path, 5))
    pointed = tmp_path / "pointed.xlsx"
    pointed.write_bytes(path.read_bytes())
    for rows in (9, 4, 30):
        _refreshed(path, rows)
    before, after = parts(pointed), parts(path)
    ours = {link for link in lost_or_changed(pointed, path)}
    for part in (SHEET, "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"):
        assert before[part] == after[part] and part not in ours
    users_chart = next(name for name, data in before.items() if b"$C$6:$C$9" in data and "charts/" in name)
    assert before[users_chart] == after[users_chart]
    book = after[BOOK].decode()
    assert "<definedName name=\"我的\">'客户分层'!$A$6:$A$9</definedName>" in book
    assert any(b'displayName="crm_tiers"' in data for name, data in after.items() if "tables/table" in name)
    old, new = (Workbook.open(one) for one in (pointed, path))
    assert [(s.name, s.id) for s in old._workbook.sheets()] == [
        (s.name, s.id) for s in new._workbook.sheets()
    ]
