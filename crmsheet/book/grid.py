"""The columns of a sheet. One grid carries everything on it: list, cards, short tables, charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import log

from crmsheet.book.measure import column_pixels

Span = tuple[int, int]

NEAR = 1.0
CELL_PADDING = 0.7  # characters that Excel adds to each column's width
# A short table is not drawn out further than this: figures far apart are hard to read across.
MOST_STRETCH = 2.0
# Too narrow is worse than too wide.
SQUEEZED = 4


@dataclass(frozen=True, slots=True)
class Grid:
    """Column widths from column A on."""

    widths: tuple[float, ...]

    @property
    def width(self) -> float:
        return sum(self.widths)

    @property
    def last(self) -> int:
        """Index of the last column, counted from 0."""
        return len(self.widths) - 1

    @property
    def pixels(self) -> int:
        return sum(map(column_pixels, self.widths))

    def edges(self, span: Span) -> Span:
        """Left and right edge of a span in pixels.

        >>> Grid((10, 10)).edges((1, 1))
        (75, 150)
        """
        pixels = [0, *accumulate(map(column_pixels, self.widths))]
        return pixels[span[0]], pixels[span[1] + 1]

    def tail(self, width: float) -> Span:
        """The fewest last columns that together are ``width`` wide.

        >>> Grid((20, 5, 5, 5)).tail(9)
        (2, 3)
        """
        first = self.last
        while first > 0 and sum(self.widths[first:]) < width:
            first -= 1
        return first, self.last

    def widened(self, width: float, step: float = 12) -> Grid:
        """The same grid, with columns added on the right until it is at least ``width`` wide.

        >>> Grid((10, 10)).widened(40).widths
        (10, 10, 12, 8)
        """
        widths = list(self.widths)
        while (missing := width - sum(widths)) > NEAR:
            widths.append(min(step, missing))
        return Grid(tuple(widths))

    def divided(self, count: int, step: float = 12) -> Grid:
        """The same grid, with columns added on the right until ``count`` neighbours have one each.

        >>> Grid((10, 10)).divided(3).widths
        (10, 10, 12)
        """
        return Grid(self.widths + (step,) * (count - len(self.widths)))

    def span_width(self, span: Span) -> float:
        """Room of joined columns: the padding between them is room too.

        >>> Grid((10, 10)).span_width((0, 1))
        20.7
        """
        joined = self.widths[span[0] : span[1] + 1]
        return round(sum(joined) + (len(joined) - 1) * CELL_PADDING, 1)

    def spans(self, wanted: Sequence[float]) -> tuple[Span, ...]:
        """First and last column of each of several neighbours that want these widths, from column A on.

        They are stretched to fill the grid, but not beyond ``MOST_STRETCH``; each gets at least one column,
        all together come as near to the wanted widths as the column edges allow.

        >>> Grid((6, 6, 12, 6)).spans([10, 10, 10])
        ((0, 1), (2, 2), (3, 3))
        >>> Grid((6, 6, 12, 60)).spans([3, 3])
        ((0, 0), (1, 1))
        """
        edges = [0.0, *accumulate(self.widths)]
        best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
        targets = stretched(wanted, self.width)
        for target in targets:
            best = _extended(best, edges, target)
        fills = sum(targets) > self.width - NEAR
        _, chosen = best[len(edges) - 1] if fills else min(best.values())
        return tuple((first, after - 1) for first, after in pairwise(chosen))


def stretched(wanted: Sequence[float], width: float) -> list[float]:
    """The wanted widths scaled to fill ``width``, as far as that leaves a readable table.

    >>> stretched([10, 10], 30), stretched([10, 10], 90)
    ([15.0, 15.0], [20.0, 20.0])
    """
    scale = min(width / sum(wanted), MOST_STRETCH)
    return [one * scale for one in wanted]


def shared_grid(width: float, rows: Iterable[Sequence[float]]) -> Grid:
    """A grid of ``width`` with a column edge wherever one of ``rows`` of neighbours has one.

    >>> shared_grid(12, [(6, 6), (4, 8)]).widths
    (4.0, 2.0, 6.0)
    """
    edges = [0.0]
    wanted = {edge for row in rows for edge in accumulate(stretched(row, width))} | {float(width)}
    for edge in sorted(wanted):
        if edge - edges[-1] >= NEAR:
            edges.append(edge)
    edges[-1] = float(width)
    return Grid(tuple(after - before for before, after in pairwise(edges)))


def _extended(
    best: dict[int, tuple[float, tuple[int, ...]]], edges: Sequence[float], target: float
) -> dict[int, tuple[float, tuple[int, ...]]]:
    """Cheapest ways to reach each edge with one more neighbour of width ``target``."""
    reached: dict[int, tuple[float, tuple[int, ...]]] = {}
    for start, (cost, chosen) in best.items():
        for end in range(start + 1, len(edges)):
            total = cost + _misfit(edges[end] - edges[start], target)
            if end not in reached or total < reached[end][0]:
                reached[end] = total, (*chosen, end)
    return reached


def _misfit(width: float, target: float) -> float:
    ratio = log(width / target)
    return ratio * ratio * (SQUEEZED if ratio < 0 else 1)
