"""As much of pydantic as the package's rules use, in Python alone.

pydantic's core is compiled and not obtainable for Pyodide here without a network; xlwings Lite has it. Values are
converted as pydantic does and validators run; bounds are not checked.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self, Union, get_args, get_origin, get_type_hints

from .fields import FieldInfo


class ValidationError(ValueError):
    """Never raised: a validator's own error comes through."""


class BeforeValidator:
    def __init__(self, func: Callable[[Any], Any]) -> None:
        self.func = func


@dataclass(frozen=True)
class ValidationInfo:
    """Which field a validator of several is asked about."""

    field_name: str


def Field(*, default: Any = ..., **_: Any) -> FieldInfo:
    return FieldInfo(Any, (), default)


def ConfigDict(**settings: Any) -> dict[str, Any]:
    return settings


def field_validator(*names: str, mode: str = "after") -> Callable[[Any], Any]:
    def marked(method: Any) -> Any:
        setattr(method.__func__, "screens" if mode == "before" else "validates", names)
        return method

    return marked


def model_validator(*, mode: str) -> Callable[[Any], Any]:
    def marked(method: Any) -> Any:
        method.validates_model = True
        return method

    return marked


class BaseModel:
    """Frozen values by name."""

    model_fields: dict[str, FieldInfo] = {}

    def __init_subclass__(cls) -> None:
        cls.model_fields = {}

    @classmethod
    def _fields(cls) -> dict[str, FieldInfo]:
        if not cls.model_fields:
            for name, hint in get_type_hints(cls, include_extras=True).items():
                if name not in ("model_fields", "model_config"):
                    inner, *metadata = get_args(hint) if get_origin(hint) is Annotated else (hint,)
                    cls.model_fields[name] = FieldInfo(inner, tuple(metadata), getattr(cls, name, ...))
        return cls.model_fields

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> Self:
        fields = cls._fields()
        assert not set(values) - set(fields), (cls, set(values) - set(fields))
        made = cls.__new__(cls)
        screens = [getattr(cls, name) for name in dir(cls) if hasattr(getattr(cls, name), "screens")]
        for name, field in fields.items():
            value = _screened(values[name], name, screens) if name in values else field.default
            value = _read(value, field) if name in values else value
            assert value is not ..., (cls, name)
            made.__dict__[name] = value
        for name in dir(cls):
            method = getattr(cls, name)
            for field_name in getattr(method, "validates", ()):
                made.__dict__[field_name] = method(made.__dict__[field_name])
        checks = [name for name in dir(cls) if hasattr(getattr(cls, name), "validates_model")]
        for name in checks:
            getattr(made, name)()
        return made

    def model_dump(self) -> dict[str, Any]:
        return {
            name: value.model_dump() if isinstance(value, BaseModel) else value
            for name, value in self.__dict__.items()
        }

    def model_dump_json(self) -> str:
        return json.dumps(self.model_dump(), default=str, ensure_ascii=False, separators=(",", ":"))

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__, **update)
        return made


def _screened(value: Any, name: str, screens: list[Any]) -> Any:
    for screen in screens:
        if {"*", name} & set(screen.screens):
            value = screen(value, ValidationInfo(name))
    return value


def _read(value: Any, field: FieldInfo) -> Any:
    for one in field.metadata:
        if isinstance(one, BeforeValidator):
            value = one.func(value)
    return _convert(value, field.annotation)


def _convert(value: Any, wanted: Any) -> Any:
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        return _read(value, FieldInfo(parts[0], parts[1:], ...))
    if origin in (Union, types.UnionType):
        kind = next(one for one in parts if one is not type(None))
        return value if value is None else _convert(value, kind)
    if origin is not None:
        return _collected(value, origin, parts)
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return wanted.model_validate(value)
    return wanted(value) if wanted in (int, float) else value


def _collected(value: Any, origin: Any, parts: tuple[Any, ...]) -> Any:
    if origin is tuple:
        each = [parts[0]] * len(value) if parts[-1] is Ellipsis else parts
        return tuple(_convert(one, part) for one, part in zip(value, each, strict=True))
    if origin is dict:
        return {_convert(key, parts[0]): _convert(one, parts[1]) for key, one in value.items()}
    return value
