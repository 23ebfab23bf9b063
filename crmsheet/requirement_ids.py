"""Numbers of requirements that stay: what an earlier run numbered keeps its number (R-044, C-13).

Tasks and people name a requirement by its number, so it must outlive sorted, inserted and reworded rows. The
numbers given are remembered in a hidden sheet of the workbook; a number is never given twice.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from crmsheet.relate import NAMELESS
from crmsheet.stacked import apart, places_of

REMEMBERED = ("requirement_id", "customer", "requirement")
_ALIKE = 0.6
_MOST_PAIRS = 400  # of one customer; beyond it rewordings are not looked for


def number_requirements(requirements: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series:
    """The number of each row: typed in its record (with ``-2``, ``-3`` when its cells hold several), else the
    number an ``earlier`` run gave this customer's same text, or a text much like it, else the customer's next.

    >>> one = pd.DataFrame({"customer": "C1", "requirement": ["b", "a"], "sheet": "records", "row": [2, 3]})
    >>> before = pd.DataFrame({"requirement_id": ["C1-01"], "customer": ["C1"], "requirement": ["a"]})
    >>> number_requirements(one, before).tolist(), number_requirements(one, before[:0]).tolist()
    (['C1-02', 'C1-01'], ['C1-01', 'C1-02'])
    """
    typed = _typed(requirements)
    known = _known(earlier)
    if known.empty and typed.isna().all():
        return _first_numbers(requirements)
    requirements = requirements.assign(whose=apart(requirements["customer"], requirements["row"]))
    ids = typed.where(typed.notna(), _same_text(requirements[typed.isna()], known))
    waiting = known[~known["told"].isin(apart(ids, requirements["row"]))]
    ids = ids.where(ids.notna(), _like_text(requirements[ids.isna()], waiting))
    return ids.where(ids.notna(), _next(requirements, ids, known)).astype(object)


def remember_numbers(requirements: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The numbers to keep, columns ``REMEMBERED``: today's, then those of requirements that are gone."""
    own = _own_form(requirements["customer"])
    given = [
        number.startswith(form) for number, form in zip(requirements["requirement_id"], own, strict=True)
    ]
    fresh = requirements.loc[given, list(REMEMBERED)]
    known = _known(earlier)
    gone = known.loc[~known["requirement_id"].isin(fresh["requirement_id"]), list(REMEMBERED)]
    return pd.concat([fresh, gone], ignore_index=True) if len(gone) else fresh.reset_index(drop=True)


def _typed(requirements: pd.DataFrame) -> pd.Series:
    blank = pd.Series(None, index=requirements.index, dtype=object)
    if "requirement_id" not in requirements:
        return blank
    typed = requirements["requirement_id"]
    nth = requirements.groupby(["sheet", "row"], sort=False).cumcount()
    several = typed.astype(str) + nth.map(lambda n: f"-{n + 1}" if n else "")
    return several.where(typed.notna() & (typed != ""), blank)


def _known(earlier: pd.DataFrame) -> pd.DataFrame:
    """What was remembered, and as ``told`` and ``whose`` its number and customer, apart by workbook."""
    if not set(REMEMBERED) <= set(earlier):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in (*REMEMBERED, "told", "whose")})
    known = earlier[list(REMEMBERED)].dropna().astype(str)
    known = known.assign(told=apart(known["requirement_id"]), whose=apart(known["customer"]))
    return known.drop_duplicates("told").reset_index(drop=True)


def _same_text(requirements: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    if known.empty:
        return pd.Series(None, index=requirements.index, dtype=object)
    keys = ["whose", "requirement"]
    asked, told = (
        part[keys].astype(object).assign(nth=part.groupby(keys).cumcount()) for part in (requirements, known)
    )
    numbers = told.assign(number=known["requirement_id"])
    found = asked.merge(numbers, on=[*keys, "nth"], how="left")["number"]
    return pd.Series(found.to_numpy(dtype=object), index=requirements.index)


def _like_text(requirements: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Numbers of texts that were reworded: of one customer, the most alike pairs first."""
    found = pd.Series(None, index=requirements.index, dtype=object)
    asked = requirements[requirements["whose"].isin(known["whose"])].groupby("whose", sort=False)
    gone = dict(list(known.groupby("whose", sort=False)))
    for customer, part in asked:
        told = gone[str(customer)]
        if len(part) * len(told) <= _MOST_PAIRS:
            for row, number in _best_pairs(part["requirement"], told):
                found[row] = number
    return found


def _best_pairs(texts: pd.Series, told: pd.DataFrame) -> list[tuple[int, str]]:
    numbers = dict(zip(told["requirement_id"], told["requirement"], strict=True))
    scored = [
        (-SequenceMatcher(None, text, old, autojunk=False).ratio(), place, number)
        for place, text in enumerate(texts)
        for number, old in numbers.items()
    ]
    pairs: list[tuple[int, str]] = []
    rows, taken = set[int](), set[str]()
    for unlike, place, number in sorted(scored):
        if -unlike >= _ALIKE and place not in rows and number not in taken:
            rows.add(place)
            taken.add(number)
            pairs.append((texts.index[place], number))
    return pairs


def _first_numbers(requirements: pd.DataFrame) -> pd.Series:
    """What nothing is known of is counted per customer, in the order of the sheet."""
    customers, distinct = pd.factorize(requirements["customer"])
    places = places_of(requirements["row"])
    own, _ = pd.factorize(places * len(distinct) + customers)
    numbers = requirements.groupby(own, sort=False).cumcount().to_numpy() + 1
    forms = _own_form(pd.Series(distinct, dtype=object)).to_numpy(dtype=object)
    printed = np.array([f"{number:02d}" for number in range(numbers.max(initial=0) + 1)], dtype=object)
    return pd.Series(forms[customers] + printed[numbers], index=requirements.index, dtype=object)


def _next(requirements: pd.DataFrame, ids: pd.Series, known: pd.DataFrame) -> pd.Series:
    """A number nobody had: after the highest ever given to the customer, else in the order of the sheet."""
    given_before = _highest(known, known["requirement_id"])
    last = _highest(requirements, ids).combine(given_before, max, 0)
    codes, distinct = pd.factorize(requirements["whose"])
    place = requirements.groupby(codes, sort=False).cumcount().to_numpy() + 1
    rank = ids.isna().groupby(codes, sort=False).cumsum().to_numpy()
    after = last.reindex(distinct).fillna(0).to_numpy(dtype="int64")[codes]
    numbers = np.where(after == 0, place, after + rank).tolist()
    own = _own_form(requirements["customer"]).tolist()
    given = [f"{form}{number:02d}" for form, number in zip(own, numbers, strict=True)]
    return pd.Series(given, index=requirements.index, dtype=object)


def _highest(customers: pd.DataFrame, ids: pd.Series) -> pd.Series:
    """Per customer (``whose``) the highest number among ``ids`` of our own form."""
    customers, ids = customers[ids.notna()], ids[ids.notna()].astype(str)
    tails = ids.str.extract(r"-(\d{1,9})$", expand=False)
    ours = tails.notna() & (_own_form(customers["customer"]) + tails.fillna("") == ids)
    return tails[ours].astype("int64").groupby(customers.loc[ours, "whose"]).max()


def _own_form(customer: pd.Series) -> pd.Series:
    return customer.astype(object).str.removeprefix(NAMELESS) + "-"
