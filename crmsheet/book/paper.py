"""A4 paper: which way it lies, how far a sheet is shrunk to its width, and where its pages end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

A4 = 9
POINTS_PER_INCH = 72
POINTS_PER_PIXEL = 0.75
LONG_SIDE, SHORT_SIDE = 841.9, 595.3  # points
# Inches: left, right, top, bottom.
MARGINS = (0.3, 0.3, 0.5, 0.6)
# No page is shrunk further: ten-point text at 5.5 points, the least Chinese print uses.
LEAST_READABLE = 0.55
# An entry sheet that would be shrunk further takes two pages side by side: seven points are read with ease.
EASILY_READ = 0.7
# Column widths and row heights differ a little between fonts and programs.
SAFETY = 0.96
# A page is not ended before it is filled this far: the title band does not stand alone.
LEAST_FILLED = 0.25


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of A4; ``width`` and ``height`` are what lies within the margins, in points."""

    portrait: bool

    @property
    def width(self) -> float:
        return (SHORT_SIDE if self.portrait else LONG_SIDE) - sum(MARGINS[:2]) * POINTS_PER_INCH

    @property
    def height(self) -> float:
        return (LONG_SIDE if self.portrait else SHORT_SIDE) - sum(MARGINS[2:]) * POINTS_PER_INCH

    def scale(self, pixels: float) -> float:
        """How far columns of so many ``pixels`` are shrunk to be one page wide; never enlarged."""
        return min(1.0, self.width / (pixels * POINTS_PER_PIXEL))

    def page_height(self, pixels: float) -> float:
        """Points of rows that one page of a sheet of that width takes, for certain."""
        return self.height / self.scale(pixels) * SAFETY


LANDSCAPE, PORTRAIT = Paper(portrait=False), Paper(portrait=True)


def paper_for(pixels: float, points: float) -> Paper:
    """The paper of a sheet so wide and so high: upright where that saves a page and stays readable.

    >>> paper_for(1100, 1200).portrait, paper_for(1100, 400).portrait, paper_for(1600, 9000).portrait
    (True, False, False)
    """
    readable = PORTRAIT.scale(pixels) >= LEAST_READABLE
    return PORTRAIT if readable and points > LANDSCAPE.page_height(pixels) else LANDSCAPE


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet that grows downwards lies on paper: ``across`` pages side by side, each shrunk by ``scale``."""

    paper: Paper
    across: int
    scale: float

    @property
    def page_height(self) -> float:
        """Points of rows that one page takes, for certain."""
        return self.paper.height / self.scale * SAFETY


def entry_layout(pixels: float, repeated: float, *, history: bool = False) -> Layout:
    """The paper of records so wide, whose first columns, so wide, name each of them.

    Lying; two pages side by side, each with the first columns, where one page would be small print. A ``history``
    of thousands of rows stands upright where it can be read, which takes half the pages.

    >>> [entry_layout(wide, 260).across for wide in (1200, 1900, 2300)]
    [1, 2, 2]
    >>> [entry_layout(wide, 260, history=True).paper.portrait for wide in (1200, 1900)]
    [True, False]
    """
    if history and PORTRAIT.scale(pixels) >= LEAST_READABLE:
        return Layout(PORTRAIT, 1, PORTRAIT.scale(pixels))
    if LANDSCAPE.scale(pixels) >= EASILY_READ:
        return Layout(LANDSCAPE, 1, LANDSCAPE.scale(pixels))
    return Layout(LANDSCAPE, 2, LANDSCAPE.scale((pixels + repeated) / 2))


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of a sheet from row ``first`` up to ``after``, of which the rows before ``until`` stay together."""

    first: int
    until: int
    after: int


def page_breaks(parts: Sequence[Kept], heights: Sequence[float], page: float) -> list[int]:
    """The rows, from 0, that begin a new page, so that no part is cut which fits on one ``page`` high.

    >>> page_breaks([Kept(0, 1, 1), Kept(1, 4, 4), Kept(4, 6, 6)], [10, 10, 10, 10, 10, 10], 50)
    [4]
    """
    breaks = []
    filled = 0.0
    for part in parts:
        together = sum(heights[part.first : part.until])
        if filled + together > page >= together and filled > page * LEAST_FILLED:
            breaks.append(part.first)
            filled = 0.0
        for height in heights[part.first : part.after]:
            filled = filled + height if filled + height <= page else height
    return breaks
