"""Shared ground of the CLV models: arrays from what callers hold, scipy on demand, fitting in log space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmsheet.errors import UsageError, load_extra

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]

# An objective gives minus the log-likelihood per customer, and its slope, at log parameters.
Objective = Callable[[FloatArray], tuple[float, FloatArray]]

_LOG_BOUND = np.log(1e5)
_LOG_RUNAWAY = np.log(1e4)


def scipy_module(name: str) -> Any:
    """``scipy.<name>``; ``MissingExtra`` says how to install it."""
    return load_extra(f"scipy.{name}", feature="CLV", extra="clv", module="scipy")


def as_floats(values: ArrayLike) -> FloatArray:
    """A float array of a number, list, array or Series; what is missing is NaN.

    >>> as_floats([1, None]).tolist()
    [1.0, nan]
    """
    try:
        if hasattr(values, "to_numpy"):
            return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as reason:
        raise UsageError(problem=f"CLV: numbers are needed, not {type(values).__name__}: {reason}") from None


def side_by_side(**values: ArrayLike) -> list[FloatArray]:
    """The values as arrays of one shape, by position: each a single number or one value per customer.

    >>> [array.tolist() for array in side_by_side(frequency=[1, 2], T=9)]
    [[1.0, 2.0], [9.0, 9.0]]
    """
    arrays = [as_floats(value) for value in values.values()]
    lengths = {array.shape for array in arrays if array.ndim == 1}
    if len(lengths) <= 1:
        try:
            return [array.copy() for array in np.broadcast_arrays(*arrays)]
        except ValueError:
            pass
    sizes = ", ".join(f"{name} {array.shape}" for name, array in zip(values, arrays, strict=True))
    raise UsageError(problem=f"CLV: one value per customer is needed in each of {sizes}")


def require_positive(**parameters: float) -> None:
    """Parameters of a distribution, NaN where unknown; ``UsageError`` names those not finite and above 0."""
    wrong = [f"{name} = {value!r}" for name, value in parameters.items() if value <= 0 or value == np.inf]
    if wrong:
        raise UsageError(problem=f"CLV: the parameters must be above 0 and finite, not {', '.join(wrong)}")


def maximise(objective: Objective, start: Sequence[float]) -> tuple[list[float], tuple[str, ...]]:
    """Positive parameters that minimise ``objective``, sought from ``start``; notes on how it went.

    ``degenerate``: the data push a parameter to 0 or to infinity; it is held within a factor of 10⁵.
    ``not_converged``: no optimum was reached.
    """
    found = scipy_module("optimize").minimize(
        objective,
        np.log(np.asarray(start, dtype=np.float64)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_LOG_BOUND, _LOG_BOUND)] * len(start),
        options={"maxiter": 1000, "maxfun": 5000, "ftol": 1e-15, "gtol": 1e-10},
    )
    runaway = np.abs(found.x) > _LOG_RUNAWAY
    notes = ["degenerate"] if runaway.any() else []
    if np.abs(np.where(runaway, 0.0, found.jac)).max() > 1e-4:
        notes.append("not_converged")
    return [float(value) for value in np.exp(found.x)], tuple(notes)
