"""Workbooks with a password to open: decrypted in memory only, and written back under the same password."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path
from typing import Any

from crmsheet.book.raw import RawBook
from crmsheet.book.source import COMPOUND_FILE, ENCRYPTED_STREAM
from crmsheet.errors import EncryptedWorkbook, MissingExtra, WrongPassword
from crmsheet.labels import Labels


def is_encrypted(data: bytes) -> bool:
    """Whether ``data`` is a compound file that holds an encrypted package."""
    return data.startswith(COMPOUND_FILE) and ENCRYPTED_STREAM in data


def is_encrypted_file(path: Path) -> bool:
    """Whether the file at ``path`` needs a password; False for one that cannot be read."""
    try:
        return is_encrypted(path.read_bytes())
    except OSError:
        return False


def decrypted(path: Path, data: bytes, password: str) -> bytes:
    """The package inside ``data``; ``data`` itself when it is not encrypted.

    Raises :class:`EncryptedWorkbook` without a password, :class:`WrongPassword` with another one.
    """
    if not is_encrypted(data):
        return data
    if not password:
        raise EncryptedWorkbook(path=path)
    module = _module("msoffcrypto")
    plain = io.BytesIO()
    try:
        file = module.OfficeFile(io.BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(plain)
    except Exception:  # a broken container raises whatever its reader stumbled over
        raise WrongPassword(path=path) from None
    return plain.getvalue()


def encrypted(package: bytes, password: str) -> bytes:
    """``package`` as Excel encrypts it (ECMA-376, agile, AES-256)."""
    sealed = io.BytesIO()
    _module("msoffcrypto.format.ooxml").OOXMLFile(io.BytesIO(package)).encrypt(password, sealed)
    return sealed.getvalue()


def encrypted_like(book: RawBook, package: bytes) -> bytes:
    """``package`` under the password that opened ``book``, as it is where none was needed."""
    return encrypted(package, book.password) if book.password else package


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        feature = Labels.load().phrase("feature.password")
        raise MissingExtra(feature=feature, extra="password", module="msoffcrypto-tool") from None
