"""What is known of one field."""

from dataclasses import dataclass
from typing import Any


@dataclass
class FieldInfo:
    annotation: Any
    metadata: tuple[Any, ...]
    default: Any = ...
