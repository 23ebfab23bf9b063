"""Many workbooks: the same answers as one workbook, on every engine, and every row accounted for."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

import crmsheet as crm
from benchmarks.engine_tables import sorted_hash
from crmsheet.batch.executors import Serial
from crmsheet.batch.files import find_sources
from crmsheet.batch.options import Options
from crmsheet.batch.orders import find_orders
from crmsheet.batch.result import BatchResult
from crmsheet.batch.run import Run
from crmsheet.batch.setup import Setup
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.errors import FileMissing, TargetExists, TargetNotWritable, UnknownColumn, UsageError
from crmsheet.exchange.typed import typed
from crmsheet.labels import Labels
from crmsheet.sample import sample_team
from crmsheet.steps.rfm import score_rfm
from tests.batch.workbooks import AS_OF, company, order_rows, record, write_book, write_group


def run(paths: object, out: Path, **options: object) -> BatchResult:
    return crm.batch(paths, out=out, as_of=AS_OF, **{"engine": Serial(), **options})


def test_one_workbook_in_a_batch_gives_what_it_gives_alone(tmp_path: Path) -> None:
    team = sample_team(customers=40)
    book = tmp_path / "team.xlsx"
    write_new(book, template(labels=Labels.load(), rules_rows=[], tables=team.tables))
    result = run(book, tmp_path / "out")
    alone = crm.analyze_workbook(book, as_of=AS_OF, rules=crm.Rules.load())
    tables = {"customers": alone.customers.rename_axis("customer"), "requirements": alone.requirements}
    for name, frame in tables.items():
        expected = typed(frame)
        found = result.table(name)[list(expected)]
        keys = ["customer"] if name == "customers" else ["customer", "requirement_id"]
        expected, found = (part.sort_values(keys).reset_index(drop=True) for part in (expected, found))
        same = (found == expected) | (found.isna() & expected.isna())
        assert [column for column in same if not same[column].all()] == []
    assert result.balanced and result.rows["orders"] == len(alone.orders)


@pytest.mark.parametrize(
    ("key", "way"),
    [("rfm.method", "threshold"), ("rfm.method", "quantile"), ("value_score.money", "percentile")],
)
def test_the_number_of_buckets_changes_nothing(tmp_path: Path, key: str, way: str) -> None:
    write_group(tmp_path / "in", 3, 20)
    order_rows(60, 300).to_parquet(tmp_path / "orders.parquet")
    rules = crm.Rules.load(settings=[_setting(key, way)])
    found = []
    for rows in (10_000, 120):
        options = Options(Serial(), rows_per_bucket=rows)
        one = Run(tmp_path / f"out{rows}", Setup(rules, AS_OF), options, Serial())
        found.append(one.all(find_sources(tmp_path / "in"), find_orders(tmp_path / "orders.parquet")))
    few, many = found
    several = len(list((many.folder / "customers").iterdir())) > 1
    assert several == (way != "percentile")  # compares all customers, so they stay in one bucket
    for table in ("customers", "requirements", "orders", "followups"):
        assert sorted_hash(few.folder / table) == sorted_hash(many.folder / table), table


def _setting(key: str, value: object) -> object:
    from crmsheet.model import Setting

    return Setting(key, value, "", "")


def test_orders_are_judged_by_the_steps(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 3, 10)
    orders = order_rows(30, 500)
    (tmp_path / "orders").mkdir()
    orders[:200].to_parquet(tmp_path / "orders" / "a.parquet")
    orders[200:].rename(
        columns={"customer_id": "客户编号", "amount": "订单金额", "order_date": "下单日期"}
    ).to_parquet(tmp_path / "orders" / "b.parquet")
    result = run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders")
    customers = result.table("customers").set_index("customer")
    told = score_rfm(orders, as_of=AS_OF).reindex(customers.index)
    bought = told["monetary"].notna()
    assert bought.sum() == 30
    assert (customers["monetary"][bought] == told["monetary"][bought]).all()
    assert (customers["frequency_score"][bought] == told["frequency_score"][bought]).all()
    assert result.unknown_orders == (~orders["customer_id"].isin(customers.index)).sum() > 0
    assert result.rows["orders"] == 500 and result.balanced


def test_bad_and_repeated_files_are_reported_and_stop_nothing(tmp_path: Path) -> None:
    first, *_ = write_group(tmp_path / "in", 2, 5)
    (tmp_path / "in" / "坏.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (tmp_path / "in" / "空.xlsx").write_bytes(b"")
    (tmp_path / "in" / "又一份.xlsx").write_bytes(first.read_bytes())
    result = run(tmp_path / "in", tmp_path / "out")
    states = result.files.set_index(result.files["file"].map(lambda path: Path(path).name))["state"]
    assert states[["坏.xlsx", "空.xlsx"]].tolist() == ["failed", "failed"]
    assert sorted(states[["0000.xlsx", "又一份.xlsx"]]) == ["read", "repeated"]
    assert result.failed["message"].str.len().min() > 0
    records = result.accounts.set_index("table").loc["records"]
    assert (records["read"], records["written"], records["reported"]) == (15, 10, 5)
    assert result.balanced and not result.complete and result.rows["customers"] == 10


def test_files_that_disagree_about_a_customer_are_listed(tmp_path: Path) -> None:
    write_book(
        tmp_path / "in" / "a.xlsx",
        records=[record(1, "北京恒达科技有限公司", industry="软件和信息技术服务业")],
    )
    write_book(tmp_path / "in" / "b.xlsx", records=[record(1, "北京恒达科技有限公司", owner="李强")])
    write_book(tmp_path / "in" / "c.xlsx", records=[record(1, "上海远景商贸有限公司")])
    write_book(
        tmp_path / "in" / "d.xlsx", records=[{**record(2, "上海远景商贸有限公司"), "customer_id": None}]
    )
    result = run(tmp_path / "in", tmp_path / "out")
    conflicts = result.conflicts.set_index("field")
    assert conflicts.loc["owner", ["kept", "other"]].tolist() == ["李强", "王芳"]  # of one day the lower row
    assert conflicts.loc["customer_id", ["kept", "other"]].tolist() == [
        "北京恒达科技有限公司",
        "上海远景商贸有限公司",
    ]
    assert Path(conflicts.loc["customer_id", "other_file"]).name == "c.xlsx"
    customers = result.table("customers")
    assert sorted(customers["customer_name"]) == ["上海远景商贸有限公司", "北京恒达科技有限公司"]
    assert result.rows["records"] == 4 and result.balanced


def _fact(name: str, **facts: object) -> dict[str, object]:
    return {"customer_id": "C1", "customer_name": name, **facts}


def test_what_conflicts_call_kept_stands_in_customers(tmp_path: Path) -> None:
    name = "北京恒达科技有限公司"
    early, late, ahead = (pd.Timestamp(day) for day in ("2026-05-01", "2026-11-01", "2027-01-01"))
    write_book(
        tmp_path / "in" / "a.xlsx",
        records=[_fact(name, industry="制造业", owner="王芳", last_contact=early)],
        profiles=[_fact(name, company_size="1-50人", email="a@x.cn")],
    )
    write_book(
        tmp_path / "in" / "b.xlsx",
        records=[
            _fact(name, industry="金融业", owner="李强", last_contact=late),
            _fact(name, industry="金融业", owner="赵敏", last_contact=early),
        ],
        profiles=[_fact("恒达科技", company_size="300-1500人", email="b@x.cn")],
    )
    write_book(
        tmp_path / "in" / "c.xlsx", records=[_fact(name, industry="教育", owner="钱进", last_contact=ahead)]
    )
    result = run(tmp_path / "in", tmp_path / "out")
    conflicts, customers = result.conflicts, result.table("customers").set_index("customer")
    for line in conflicts.to_dict("records"):
        assert line["kept"] == customers.loc[line["customer"], line["field"]] != line["other"]
    of = conflicts.groupby("field")["other"].agg(sorted).to_dict()
    assert of["owner"] == [
        "王芳",
        "钱进",
    ]  # b's record says the name that stands, though its profile does not
    assert list(of) == ["company_size", "email", "industry", "owner"]
    kept = conflicts.assign(file=conflicts["kept_file"].map(lambda path: Path(path).name)).groupby("field")
    assert kept["file"].agg(set).loc[["owner", "industry", "email"]].tolist() == [
        {"b.xlsx"},
        {"b.xlsx"},
        {"a.xlsx"},
    ]


def test_a_name_without_id_takes_the_id_of_another_file(tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "a.xlsx", records=[record(1, company(1))])
    write_book(tmp_path / "in" / "b.xlsx", records=[{**record(1, company(1)), "customer_id": None}])
    assert run(tmp_path / "in", tmp_path / "out").rows["customers"] == 1


def test_duplicates_are_found_across_files(tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "a.xlsx", records=[record(1, "北京恒达科技有限公司")])
    write_book(tmp_path / "in" / "b.xlsx", records=[record(2, "恒达（北京）科技公司")])
    found = run(tmp_path / "in", tmp_path / "out").duplicates
    assert found["relation"].tolist() == ["same"]


def test_the_database_and_the_summary_workbook_hold_what_the_tables_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("publish", "summary"):
        monkeypatch.setattr(f"crmsheet.batch.{module}.MOST_LISTED", 10)
    write_group(tmp_path / "in", 12, 3)
    order_rows(36, 60).to_parquet(tmp_path / "orders.parquet")
    result = run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders.parquet")
    with duckdb.connect(str(result.folder / "batch.duckdb"), read_only=True) as database:
        for table, rows in result.rows.items():
            assert database.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (rows,)
        tables = database.execute("SELECT comment FROM duckdb_tables()").fetchall()
        known = "SELECT comment FROM duckdb_columns() WHERE table_name = 'customers' AND column_name = 'tier'"
        tier = database.execute(known).fetchall()
        units = database.execute("SELECT DISTINCT unit FROM customers ORDER BY unit").fetchall()
    assert all(said for (said,) in tables) and tier == [(Labels.load().column("tier"),)]
    assert units == [("分公司00",), ("分公司01",)]
    book = openpyxl.load_workbook(result.folder / "批量汇总.xlsx")
    heads = {name: book[name]["A2"].value for name in book.sheetnames}
    whole = {
        "各文件质量": ("files", 12),
        "重点客户": ("customers", int(result.table("customers")["value_rank"].count())),
        "待跟进客户": ("followups", result.rows["followups"]),
    }
    for name, (table, rows) in whole.items():
        assert heads[name].startswith(f"列出前 10 / 共 {rows}，全部见 {table} 表 · "), name
    assert "列出前" not in heads["汇总"] + heads["各文件不一致"]
    assert book.sheetnames == ["汇总", "各文件质量", "重点客户", "待跟进客户", "疑似重复", "各文件不一致"]
    cells = [
        str(cell) for row in book["汇总"].iter_rows(values_only=True) for cell in row if cell is not None
    ]
    assert {"分公司00", "分公司01", "36"} <= set(cells)
    assert not list(result.folder.glob(".work/*")) or [
        path.name for path in result.folder.glob(".work/*")
    ] == ["parts"]


def test_resume_reads_only_what_changed(tmp_path: Path) -> None:
    first, second = write_group(tmp_path / "in", 2, 3)
    before = run(tmp_path / "in", tmp_path / "out")
    write_book(second, records=[record(4, company(4))])
    again = run(tmp_path / "in", tmp_path / "out", resume=True)
    assert again.files["state"].tolist() == ["kept", "read"]
    assert (before.rows["customers"], again.rows["customers"]) == (6, 4)
    other_day = crm.batch(
        tmp_path / "in", out=tmp_path / "out", as_of="2026-11-21", resume=True, engine=Serial()
    )
    assert other_day.files["state"].tolist() == ["read", "read"]


def test_misuse_is_refused_before_any_work(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 2)
    with pytest.raises(FileMissing):
        run(tmp_path / "nothing*.xlsx", tmp_path / "out")
    pd.DataFrame({"客户编号": ["A"]}).to_parquet(tmp_path / "orders.parquet")
    with pytest.raises(UnknownColumn, match="order_date"):
        run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders.parquet")
    with pytest.raises(UsageError):
        run(tmp_path / "in", tmp_path / "out", memory="lots")
    with pytest.raises(UsageError, match="-1"):
        run(tmp_path / "in", tmp_path / "out", workers=-1)
    with pytest.raises(UsageError, match="--workers"):
        run(tmp_path / "in", tmp_path / "out", memory="800MB", workers=4)
    with pytest.raises(UsageError):
        run(tmp_path / "in", tmp_path / "out", engine="spark")
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TargetNotWritable):
        run(tmp_path / "in", tmp_path / "file")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(TargetExists):
        run(tmp_path / "in", tmp_path / "full")


def test_progress_tells_of_every_stage_how_much_is_done(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 3, 2)
    order_rows(6, 20).to_parquet(tmp_path / "orders.parquet")
    told: dict[str, list[tuple[int, int]]] = {}
    run(
        tmp_path / "in",
        tmp_path / "out",
        orders=tmp_path / "orders.parquet",
        progress=lambda stage, done, total: told.setdefault(stage, []).append((done, total)),
    )
    assert list(told) == ["read", "shuffle", "rate", "duplicates", "judge", "finish", "publish"]
    assert all(steps[0][0] == 0 and steps[-1][0] == steps[-1][1] > 0 for steps in told.values())
    assert all(done <= total for steps in told.values() for done, total in steps)
    assert sorted(set(told["shuffle"])) == [
        (0, 26),
        (6, 26),
        (26, 26),
    ]  # rows of workbooks, of the order file
    assert told["duplicates"][-1] == (6, 6) and len(told["publish"]) > 5  # customers; tables
