"""The kinds of value that all sections of the rules are made of, and what a section is."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from crmsheet.rule_text import RulesDisagree, read_methods, read_switch, split_pairs, split_words

Days = Annotated[int, Field(ge=0, le=3650)]
Months = Annotated[int, Field(ge=0, le=120)]
Money = Annotated[float, Field(ge=0, le=1e12)]
Weight = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=1, le=10)]
TierCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[tuple[str, ...], BeforeValidator(split_words)]
Pairs = Annotated[dict[str, str], BeforeValidator(split_pairs)]
Methods = Annotated[tuple[str, ...], BeforeValidator(read_methods)]
Switch = Annotated[bool, BeforeValidator(read_switch)]
Count = Annotated[int, Field(ge=1, le=1000)]

SectionT = TypeVar("SectionT")


class Section(BaseModel):
    """A frozen group of rules; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def a_switch_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        """TRUE in a cell of days would else be one day."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        if isinstance(value, bool) and annotation in (int, float):
            raise ValueError("switch")
        return value


def required(section: SectionT, holds: bool, problem: str, *names: str) -> SectionT:  # noqa: FBT001
    """The section, or the problem as an error that names the rules of it that do not go together."""
    if not holds:
        raise RulesDisagree(problem, names)
    return section
