"""Which files hold what another file holds: the same once more, or another version of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crmsheet.batch.judged import BEFORE
from crmsheet.batch.piles import Pile
from crmsheet.batch.result import COUNTED
from crmsheet.batch.store import Store, named, quoted
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels

_TELLING = ("records", "orders")  # a list of companies may well stand in the files of several people
_LEAST_ROWS = 3  # two rows may be alike by chance
_LEAST_SHARE = 0.5  # of the smaller table


@dataclass(frozen=True)
class Versions:
    """``same``: number of a file → the first that has the same cells. ``alike``: ``number``, ``first`` and ``rows``, of
    files of which most records or orders stand in an earlier one too.
    """

    same: Mapping[int, int]
    alike: pd.DataFrame


def find_versions(store: Store, piles: Mapping[str, Pile]) -> Versions:
    """Compare the rows of all files by their hashes. Files with the same cells as an earlier one go from the table
    ``files``, so that their rows count once.
    """
    marks = [_marks(pile) for code, pile in piles.items() if code in (*COUNTED, BEFORE)]
    if not marks:
        return Versions({}, pd.DataFrame(columns=["number", "first", "rows"]))
    store.run(f"CREATE TABLE marks AS {' UNION ALL '.join(marks)}")
    same = store.frame(_SAME)
    for table in ("files", "marks"):
        store.run(f"DELETE FROM {table} WHERE number IN (SELECT number FROM same)", same=same)
    alike = store.frame(_ALIKE)
    store.run("DROP TABLE marks")
    return Versions(dict(zip(same["number"], same["first"], strict=True)), alike)


def _marks(pile: Pile) -> str:
    """Of each row a hash of its standard fields, and one of all there is of it."""
    fields = {one.code for one in SHEETS[pile.code].fields} if pile.code in _TELLING else set()
    own = sorted(fields & pile.present)
    mark = f"hash({', '.join(f'p.{named(name)}' for name in own)})" if own else "NULL"
    whole = ", ".join(f"p.{named(name)}" for name in sorted({*pile.present, "source_row"}))
    return f"SELECT f.number, {quoted(pile.code)} AS code, {mark} AS mark, hash({whole}) AS whole FROM {pile.scan()}"


_SAME = """
    WITH tables AS (SELECT number, code, count(*) AS rows, sum(whole) AS whole FROM marks GROUP BY ALL),
    books AS (SELECT number, string_agg(code || ' ' || rows || ' ' || whole, ',' ORDER BY code) AS content
              FROM tables GROUP BY number)
    SELECT number, min(number) OVER (PARTITION BY content) AS first FROM books QUALIFY number > first ORDER BY number"""

# Each row is looked for in the first file that has it: of many versions each is told beside one other.
_ALIKE = f"""
    WITH firsts AS (SELECT code, mark, min(number) AS first FROM marks WHERE mark IS NOT NULL GROUP BY ALL),
    sizes AS (SELECT number, code, count(*) AS rows FROM marks GROUP BY ALL),
    pairs AS (SELECT m.number, f.first, code, count(*) AS rows FROM marks m JOIN firsts f USING (code, mark)
              WHERE f.first < m.number GROUP BY ALL),
    told AS (SELECT p.number, p.first, sum(p.rows) AS rows FROM pairs p
             JOIN sizes a ON a.number = p.number AND a.code = p.code
             JOIN sizes b ON b.number = p.first AND b.code = p.code
             WHERE p.rows >= {_LEAST_ROWS} AND p.rows >= {_LEAST_SHARE} * least(a.rows, b.rows) GROUP BY ALL)
    SELECT number, first, CAST(rows AS BIGINT) AS rows FROM told
    QUALIFY row_number() OVER (PARTITION BY number ORDER BY rows DESC, first) = 1 ORDER BY number"""


def told(files: pd.DataFrame, versions: Versions) -> pd.DataFrame:
    """The files of a run with what was found: ``repeated`` ones, and ``version_of``, the file of which one is another
    version, both in words too.
    """
    labels, paths = Labels.load(), files.set_index("number")["file"]
    state, message = files["state"].copy(), files["message"].copy()
    version_of = pd.Series("", index=files.index, dtype=object)
    at = pd.Series(files.index, index=files["number"])
    separator = labels.phrase("clause_separator")

    def say(number: int, words: str) -> None:
        row = at[number]
        message[row] = separator.join(filter(None, (words, message[row])))

    for number, first in versions.same.items():
        state[at[number]] = "repeated"
        say(number, labels.phrase("batch_same_cells", file=paths[first]))
    for number, first, rows in versions.alike.itertuples(index=False):
        version_of[at[number]] = paths[first]
        say(number, labels.phrase("batch_version", file=paths[first], n=rows))
    return files.assign(state=state, message=message, version_of=version_of)
