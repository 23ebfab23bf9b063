"""One reading of an order table, shared by the steps that count orders (ANALYTICS: order preparation).

Not a step: it turns the rows into plain arrays once, so that orders, RFM and CLV agree on what a purchase is. Those
steps take the table or, where it was read already, its ``OrderBook``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from crmsheet.errors import UnknownColumn, UsageError
from crmsheet.steps._order_cells import BoolArray, FloatArray, IntArray, read_amounts, read_as_of, read_times
from crmsheet.steps._refunds import booked_days, refunded_orders
from crmsheet.steps._tally import count_by, sum_by
from crmsheet.steps.columns import need

ORDER_STATES = ("purchase", "refund", "no_customer", "no_date", "future", "too_early", "no_amount")
REQUIRED = ("customer_id", "order_date", "amount")
READ = (*REQUIRED, "profit", "is_refund", "founded")
EARLIEST = pd.Timestamp(1990, 1, 1)

_PURCHASE, _REFUND, _NO_CUSTOMER, _NO_DATE, _FUTURE, _TOO_EARLY, _NO_AMOUNT = range(len(ORDER_STATES))
_POWERS = np.array([float(10**k) for k in range(16)])


@dataclass(frozen=True, slots=True)
class OrderBook:
    """An order table as arrays, one entry per row.

    ``customers`` are the distinct ids, sorted; ``customer`` points into them (−1: none). ``day`` counts from
    1970-01-01. ``booked_day`` is the day an amount belongs to: a refund that names its order is booked on the
    day of that order. ``net`` is in yuan, refunds negative, 0 for rows left out. ``profit`` counts as its amount
    does: taken off for a refund; NaN where it is not known or the row is left out.
    """

    customers: pd.Index
    customer: IntArray
    day: IntArray
    booked_day: IntArray
    net: FloatArray
    profit: FloatArray
    state: IntArray
    counts: BoolArray
    occasion: BoolArray
    as_of: pd.Timestamp

    @property
    def refund(self) -> BoolArray:
        return np.equal(self.state, _REFUND)

    @property
    def valid(self) -> BoolArray:
        """Rows that say something about their customer: purchases (also of unknown amount) and refunds."""
        return self.counts | self.refund

    @property
    def priced(self) -> BoolArray:
        """Rows whose amount is known and enters sums."""
        return np.equal(self.state, _PURCHASE) | self.refund

    @property
    def today(self) -> int:
        return day_number(self.as_of)

    def within(self, days: IntArray, months: int | None) -> BoolArray:
        """Which ``days`` lie in ``(as_of − months, as_of]``; ``None`` is everything up to as_of."""
        start = None if months is None else day_number(self.as_of - pd.DateOffset(months=months))
        reached = days <= self.today
        return reached if start is None else reached & (days > start)

    def count(self, rows: BoolArray) -> IntArray:
        """How many of ``rows`` each customer has."""
        return count_by(self.customer[rows], len(self.customers))

    def total(self, rows: BoolArray) -> FloatArray:
        """Net amount of ``rows`` per customer, free of binary noise (0.1 + 0.2 − 0.3 is 0)."""
        who, net, size = self.customer[rows], self.net[rows], len(self.customers)
        gross = sum_by(who, np.abs(net), size)
        return tidy_sums(sum_by(who, net, size), gross)

    def profit_total(self) -> FloatArray:
        """Known profit per customer; NaN where none is known."""
        known = ~np.isnan(self.profit)
        who, profit, size = self.customer[known], self.profit[known], len(self.customers)
        gross = sum_by(who, np.abs(profit), size)
        total = tidy_sums(sum_by(who, profit, size), gross)
        return np.where(count_by(who, size) > 0, total, np.nan)

    def first_and_last_day(self, rows: BoolArray) -> tuple[IntArray, IntArray]:
        """First and last day of ``rows`` per customer; meaningless for a customer without any."""
        first = np.full(len(self.customers), np.iinfo(np.int64).max)
        last = np.full(len(self.customers), np.iinfo(np.int64).min)
        np.minimum.at(first, self.customer[rows], self.day[rows])
        np.maximum.at(last, self.customer[rows], self.day[rows])
        return first, last


Orders = pd.DataFrame | OrderBook


def read_orders(orders: Orders, *, as_of: date | str, step: str, warn: bool = True) -> OrderBook:
    """Read ``orders``; ``step`` is named when a column is missing, and in the warning of unreadable cells.

    A book is returned as it is, if it was read as of the same day.
    """
    today = read_as_of(as_of)
    if isinstance(orders, OrderBook):
        return _same_day(orders, today, step)
    if not isinstance(orders, pd.DataFrame):
        raise UsageError(problem=f"{step}: orders is a table (DataFrame), not {type(orders).__name__}")
    table = _with_required_columns(orders, step)
    step = step if warn else ""
    customer, customers = _customer_codes(table["customer_id"])
    day = read_times(table["order_date"], step).astype("datetime64[D]").astype(np.int64)
    amount = read_amounts(table["amount"], step)
    marked = _marked_refunds(table)
    state = _states(customer, day, amount, marked, (_earliest_days(table, step), day_number(today)))
    counts = (state == _PURCHASE) | ((state == _NO_AMOUNT) & ~marked)
    refund = state == _REFUND
    undone = refunded_orders(table, customer_day_keys(customer, day), amount, counts, refund & (amount > 0))
    net = np.where(state == _PURCHASE, amount, np.where(refund & ~undone, -np.abs(amount), 0.0))
    booked = booked_days(table, customer, day, counts, refund)
    occasion = _first_of_customer_day(customer, day, counts)
    profit = _net_profit(table, net, counts, refund)
    return OrderBook(customers, customer, day, booked, net, profit, state, counts, occasion, today)


def read_customer_orders(orders: Orders, as_of: date | str, step: str) -> OrderBook:
    """Read rows that name their customer by ``customer``, as all tables do once they are related."""
    if isinstance(orders, pd.DataFrame):
        need(orders, step, "customer")
        orders = orders.assign(customer_id=orders["customer"])
    return read_orders(orders, as_of=as_of, step=step)


def day_number(stamp: pd.Timestamp) -> int:
    """Days from 1970-01-01 to ``stamp``."""
    return (stamp - pd.Timestamp(1970, 1, 1)).days


def days_to_dates(days: IntArray, known: BoolArray) -> pd.DatetimeIndex:
    """Day numbers as dates, NaT where not ``known``."""
    safe = np.where(known, days, np.iinfo(np.int64).min)
    return pd.DatetimeIndex(safe.astype("datetime64[D]").astype("datetime64[ns]"))


def tidy_sums(sums: FloatArray, gross: FloatArray) -> FloatArray:
    """``sums`` rounded where binary noise begins, 12 digits below the sum of the absolute amounts.

    >>> tidy_sums(np.array([0.1 + 0.2 - 0.3, 0.1 + 0.2]), np.array([0.6, 0.3])).tolist()
    [0.0, 0.3]
    """
    size = np.ceil(np.log10(np.maximum(gross, 1e-300)))
    scale = _POWERS[np.clip(12 - size, 0, 15).astype(np.int64)]
    tidy: FloatArray = np.rint(sums * scale) / scale + 0.0
    return tidy


def _same_day(book: OrderBook, today: pd.Timestamp, step: str) -> OrderBook:
    if book.as_of != today:
        problem = f"{step}: the orders were read as of {book.as_of:%Y-%m-%d}, not as of {today:%Y-%m-%d}"
        raise UsageError(problem=problem)
    return book


def _with_required_columns(orders: pd.DataFrame, step: str) -> pd.DataFrame:
    if orders.empty and not len(orders.columns):
        return orders.reindex(columns=list(REQUIRED))
    missing = [name for name in REQUIRED if name not in orders.columns]
    if missing:
        raise UnknownColumn(step=step, column=", ".join(missing), columns=", ".join(map(str, orders.columns)))
    if twice := [name for name in READ if list(orders.columns).count(name) > 1]:
        raise UsageError(problem=f"{step}: columns that stand there twice: {', '.join(twice)}")
    return orders


def _customer_codes(ids: pd.Series) -> tuple[IntArray, pd.Index]:
    plain = ids.astype(object) if isinstance(ids.dtype, pd.CategoricalDtype) else ids
    try:
        codes, distinct = pd.factorize(plain, sort=True)
    except TypeError:  # ids of kinds that have no order among each other
        codes, distinct = pd.factorize(plain)
    customers = pd.Index(distinct, name="customer_id")
    names = customers.to_numpy(dtype=object).tolist()
    blank = np.array([isinstance(name, str) and not name.strip() for name in names], dtype=bool)
    codes = codes.astype(np.int64)
    return (np.where(blank[codes] & (codes >= 0), -1, codes) if blank.any() else codes), customers


def _net_profit(table: pd.DataFrame, net: FloatArray, counts: BoolArray, refund: BoolArray) -> FloatArray:
    if "profit" not in table.columns:
        return np.full(len(table), np.nan)
    profit = read_amounts(table["profit"])
    paid_back = np.where(net < 0, -np.abs(profit), np.where(np.isnan(profit), np.nan, 0.0))
    return np.where(counts, profit, np.where(refund, paid_back, np.nan))


def _marked_refunds(table: pd.DataFrame) -> BoolArray:
    if "is_refund" not in table.columns:
        return np.zeros(len(table), dtype=bool)
    return table["is_refund"].isin([True]).to_numpy(dtype=bool)


def _earliest_days(table: pd.DataFrame, step: str) -> IntArray:
    """First day an order of each row can be of: not before 1990, not before the customer was founded."""
    floor = np.full(len(table), day_number(EARLIEST))
    if "founded" not in table.columns:
        return floor
    # NaT is the smallest number, so an unknown founding date sets no floor.
    founded = read_times(table["founded"], step).astype("datetime64[D]").astype(np.int64)
    return np.asarray(np.maximum(floor, founded), dtype=np.int64)


def _states(
    customer: IntArray, day: IntArray, amount: FloatArray, marked: BoolArray, span: tuple[IntArray, int]
) -> IntArray:
    earliest, latest = span
    checks = [
        (customer < 0, _NO_CUSTOMER),
        (day == np.iinfo(np.int64).min, _NO_DATE),
        (day > latest, _FUTURE),
        (day < earliest, _TOO_EARLY),
        (np.isnan(amount), _NO_AMOUNT),
        (marked | (amount < 0), _REFUND),
    ]
    return np.select([wrong for wrong, _ in checks], [code for _, code in checks], _PURCHASE).astype(np.int64)


def _first_of_customer_day(customer: IntArray, day: IntArray, counts: BoolArray) -> BoolArray:
    first = np.zeros(len(customer), dtype=bool)
    first[counts] = ~pd.Series(customer_day_keys(customer[counts], day[counts])).duplicated().to_numpy()
    return first


def customer_day_keys(customer: IntArray, day: IntArray) -> IntArray:
    """One number per customer and day, rising with customer, then day (days of any year fit 2²⁴)."""
    return (customer << 24) + day + (1 << 23)
