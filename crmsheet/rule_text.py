"""Rules as people write them on a sheet, and what is wrong with them in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from crmsheet.errors import did_you_mean
from crmsheet.labels import Labels

_SEPARATORS = re.compile("[\\s,;\uff0c\uff1b\u3001]+")  # full-width comma, semicolon, enumeration comma


def split_words(value: Any) -> Any:
    """A list typed into one cell, as a tuple; anything else as it is.

    >>> split_words("price, cost;fee")
    ('price', 'cost', 'fee')
    """
    if isinstance(value, str):
        return tuple(word for word in _SEPARATORS.split(value) if word)
    return tuple(value) if isinstance(value, list) else value


def read_switch(value: Any) -> Any:
    """A yes or no typed as a word."""
    code = Labels.load().choice_code("yes_no", value) if isinstance(value, str) else None
    return {"yes": True, "no": False}.get(code or "", value)


def problem_lines(
    error: ValidationError, sources: Mapping[str, str], model: type[BaseModel]
) -> Iterable[str]:
    """One line per problem: where it was written, what was found, what was expected, what was meant."""
    labels = Labels.load()
    for problem in error.errors(include_url=False):
        path = ".".join(str(part) for part in problem["loc"] if str(part) != "[key]")
        place = sources.get(path) or next(
            (where for key, where in sources.items() if key.startswith(path)), ""
        )
        yield labels.phrase(
            "rule_problem",
            place=place,
            key=path,
            found=_found(problem),
            expected=_expected(problem, model, labels),
        )


def _found(problem: Mapping[str, Any]) -> str:
    value = problem.get("input")
    return "" if isinstance(value, (dict, BaseModel)) else f"{value}"


def _expected(problem: Mapping[str, Any], model: type[BaseModel], labels: Labels) -> str:
    facts = {key: _plain(value) for key, value in problem.get("ctx", {}).items()}
    kind = problem["type"]
    if kind == "value_error":
        kind, _, detail = str(facts.get("error", "")).partition(":")
        facts["detail"] = detail
    if kind == "extra_forbidden":
        known = _keys_beside(problem["loc"], model)
        facts["near"] = did_you_mean(str(problem["loc"][-1]), known) or ", ".join(known)
    return labels.phrase_or(f"rule.{kind}", str(problem["msg"]), **facts)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _keys_beside(loc: tuple[Any, ...], model: type[BaseModel]) -> list[str]:
    """Names that exist where the unknown key was written."""
    here: type[BaseModel] | None = model
    for part in loc[:-1]:
        info = here.model_fields.get(str(part)) if here is not None else None
        here = _section_of(info.annotation) if info is not None else here
    return list(here.model_fields) if here is not None else []


def _section_of(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
