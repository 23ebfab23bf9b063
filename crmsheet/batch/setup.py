"""What every worker of a run must know: rules, day and language, and what the kept parts depend on."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

import crmsheet
from crmsheet.batch.saving import save
from crmsheet.data import Language, spoken
from crmsheet.rules import Rules

_READERS = ("pandas", "python-calamine", "pyarrow")  # libraries that have a say in what a part holds


@dataclass(frozen=True)
class Setup:
    """Rules, day and language of a run: a worker's own process knows of none."""

    rules: Rules
    as_of: date
    language: Language = field(default_factory=spoken)

    @property
    def mark(self) -> str:
        """Changes with whatever the parts depend on."""
        facts = f"{program_mark()}\n{self.as_of}\n{self.language}\n{self.rules.model_dump_json()}"
        return hashlib.sha256(facts.encode()).hexdigest()

    def write(self, path: Path) -> None:
        save(lambda place: place.write_bytes(pickle.dumps(self)), path)


@cache
def program_mark() -> str:
    """Changes with every change of the program: its code, its data, and the libraries that read and type cells."""
    digest = hashlib.sha256(" ".join(map(version, _READERS)).encode())
    folder = Path(crmsheet.__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml", ".tsv", ".txt"):
            digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def read_setup(path: Path) -> Setup:
    """The setup of a run, read once in each process."""
    facts = path.stat()
    return _setup_of(path, (facts.st_ino, facts.st_mtime_ns, facts.st_size))


@lru_cache(maxsize=2)
def _setup_of(path: Path, _: tuple[int, int, int]) -> Setup:
    """A later run writes another setup to the same path."""
    setup: Setup = pickle.loads(path.read_bytes())
    return setup
