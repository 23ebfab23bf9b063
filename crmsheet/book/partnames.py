"""Names of parts inside a package: how they compare, and how one points to another (ECMA-376 part 2,
§6.2).
"""

from __future__ import annotations

import posixpath
from functools import lru_cache
from urllib.parse import quote, unquote

# A package has few names and asks for them thousands of times during one save.
_remembered = lru_cache(maxsize=1 << 14)


@_remembered
def key(name: str) -> str:
    """What two spellings of one part have in common: names compare without case, slash form or escapes.

    >>> key("/xl\\\\Worksheets/Sheet%201.xml")
    'xl/worksheets/sheet 1.xml'
    """
    return unquote(name.replace("\\", "/")).lstrip("/").lower()


@_remembered
def resolve(source: str, target: str) -> str:
    """Name of the part that ``target`` means in the relationships of ``source`` (``""``: the package).

    >>> resolve("xl/worksheets/sheet1.xml", "../drawings/drawing1.xml")
    'xl/drawings/drawing1.xml'
    """
    target = unquote(target.partition("#")[0].replace("\\", "/"))
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    folder = posixpath.dirname(source.replace("\\", "/").lstrip("/"))
    return posixpath.normpath(posixpath.join(folder, target)).lstrip("/")


def relative(source: str, target: str) -> str:
    """How the relationships of ``source`` spell the part ``target``.

    >>> relative("xl/worksheets/sheet1.xml", "xl/drawings/drawing1.xml")
    '../drawings/drawing1.xml'
    """
    folder = posixpath.dirname(source.replace("\\", "/").lstrip("/"))
    return quote(posixpath.relpath("/" + target.lstrip("/"), "/" + folder))


def relationships_of(part: str) -> str:
    """Name of the part that holds the relationships of ``part``.

    >>> relationships_of("xl/workbook.xml"), relationships_of("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    folder, name = posixpath.split(part.replace("\\", "/").lstrip("/"))
    return posixpath.join(folder, "_rels", f"{name}.rels")


def extension(part: str) -> str:
    """Extension in lower case, without the dot."""
    return part.rpartition(".")[2].lower()
