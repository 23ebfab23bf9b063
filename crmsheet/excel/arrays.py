"""Cells and ranges as Excel hands them over: one value, or rows of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crmsheet.book.handed_values import ERRORS, from_com
from crmsheet.errors import UsageError
from crmsheet.labels import Labels

Grid = list[list[Any]]
Shape = tuple[int, int]


def as_grid(cells: Any) -> Grid:
    """Rows of cells, whatever came: one value, one row or rows. Currency is a float, an error its text.

    >>> as_grid(5), as_grid((1, 2)), as_grid(((1,), (2,)))
    ([[5]], [[1, 2]], [[1], [2]])
    """
    if not isinstance(cells, list | tuple):
        return [[from_com(cells)]]
    rows = cells if cells and isinstance(cells[0], list | tuple) else [cells]
    return [[from_com(cell) for cell in row] for row in rows]


def is_error(cell: Any) -> bool:
    """Whether a cell holds one of Excel's errors."""
    return isinstance(cell, str) and cell.strip() in ERRORS


def shape_of(grid: Grid) -> Shape:
    return len(grid), len(grid[0]) if grid else 0


def broadcast(grids: Mapping[str, Grid]) -> tuple[dict[str, list[Any]], Shape]:
    """Each grid as one column of the common shape, row by row; a single cell serves everywhere.

    >>> broadcast({"a": [[1], [2]], "b": [[5]]})
    ({'a': [1, 2], 'b': [5, 5]}, (2, 1))
    """
    shapes = {name: shape_of(grid) for name, grid in grids.items()}
    shape = max(shapes.values(), key=lambda one: one[0] * one[1], default=(0, 0))
    if wrong := [name for name, one in shapes.items() if one not in ((1, 1), shape)]:
        sizes = Labels.load().join(f"{name} {shapes[name][0]}×{shapes[name][1]}" for name in shapes)
        raise UsageError(problem=Labels.load().phrase("function_shapes", name=wrong[0], sizes=sizes))
    count = shape[0] * shape[1]
    columns = {
        name: grid[0] * count if shapes[name] == (1, 1) else [cell for row in grid for cell in row]
        for name, grid in grids.items()
    }
    return columns, shape


def reshape(values: list[Any], shape: Shape) -> Any:
    """Values in the given shape; one alone is itself.

    >>> reshape([1, 2, 3, 4], (2, 2)), reshape([7], (1, 1))
    ([[1, 2], [3, 4]], 7)
    """
    if shape == (1, 1):
        return values[0]
    rows, width = shape
    return [values[row * width : (row + 1) * width] for row in range(rows)]


def is_blank(cell: Any) -> bool:
    """No value: an empty cell, or text of nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
