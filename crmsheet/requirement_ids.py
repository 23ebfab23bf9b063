"""Numbers of requirements that stay: what an earlier run numbered keeps its number (R-044, C-13).

Tasks and people name a requirement by its number, so it must outlive sorted, inserted and reworded rows. The
numbers given are remembered in a hidden sheet of the workbook; a number is never given twice.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from crmsheet.relate import NAMELESS

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
    ids = typed.where(typed.notna(), _same_text(requirements[typed.isna()], known))
    ids = ids.where(
        ids.notna(), _like_text(requirements[ids.isna()], known[~known["requirement_id"].isin(ids)])
    )
    return ids.where(ids.notna(), _next(requirements, ids, known)).astype(object)


def remember_numbers(requirements: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The numbers to keep, columns ``REMEMBERED``: today's, then those of requirements that are gone."""
    own = _own_form(requirements["customer"])
    given = [
        number.startswith(form) for number, form in zip(requirements["requirement_id"], own, strict=True)
    ]
    fresh = requirements.loc[given, list(REMEMBERED)]
    known = _known(earlier)
    gone = known[~known["requirement_id"].isin(fresh["requirement_id"])]
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
    if not set(REMEMBERED) <= set(earlier):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in REMEMBERED})
    known = earlier[list(REMEMBERED)].dropna().astype(str)
    return known.drop_duplicates("requirement_id").reset_index(drop=True)


def _same_text(requirements: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    if known.empty:
        return pd.Series(None, index=requirements.index, dtype=object)
    keys = ["customer", "requirement"]
    asked, told = (
        part[keys].astype(object).assign(nth=part.groupby(keys).cumcount()) for part in (requirements, known)
    )
    numbers = told.assign(number=known["requirement_id"])
    found = asked.merge(numbers, on=[*keys, "nth"], how="left")["number"]
    return pd.Series(found.to_numpy(dtype=object), index=requirements.index)


def _like_text(requirements: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Numbers of texts that were reworded: of one customer, the most alike pairs first."""
    found = pd.Series(None, index=requirements.index, dtype=object)
    asked = requirements[requirements["customer"].isin(known["customer"])].groupby("customer", sort=False)
    gone = dict(list(known.groupby("customer", sort=False)))
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


def _next(requirements: pd.DataFrame, ids: pd.Series, known: pd.DataFrame) -> pd.Series:
    """A number nobody had: after the highest ever given to the customer, else in the order of the sheet."""
    customer = requirements["customer"]
    last = _highest(customer, ids).combine(_highest(known["customer"], known["requirement_id"]), max, 0)
    codes, distinct = pd.factorize(customer)
    place = requirements.groupby(codes, sort=False).cumcount().to_numpy() + 1
    rank = ids.isna().groupby(codes, sort=False).cumsum().to_numpy()
    after = last.reindex(distinct).fillna(0).to_numpy(dtype="int64")[codes]
    numbers = np.where(after == 0, place, after + rank).tolist()
    own = _own_form(customer).tolist()
    given = [f"{form}{number:02d}" for form, number in zip(own, numbers, strict=True)]
    return pd.Series(given, index=requirements.index, dtype=object)


def _highest(customer: pd.Series, ids: pd.Series) -> pd.Series:
    """Per customer the highest number among ``ids`` of our own form."""
    given = ids.notna()
    customer, ids = customer[given], ids[given].astype(str)
    tails = ids.str.extract(r"-(\d{1,9})$", expand=False)
    ours = tails.notna() & (_own_form(customer) + tails.fillna("") == ids)
    return tails[ours].astype("int64").groupby(customer[ours]).max()


def _own_form(customer: pd.Series) -> pd.Series:
    return customer.astype(object).str.removeprefix(NAMELESS) + "-"
