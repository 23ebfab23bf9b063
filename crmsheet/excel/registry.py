"""The Windows registry as far as it is asked here: values and keys of the current user and of the machine.

Reading never fails: what is not there is None. Writing is one key of the current user, named in full.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Protocol


class Registry(Protocol):
    """Keys are written ``HKCU\\Software\\…`` or ``HKLM\\…``."""

    def value(self, key: str, name: str) -> str | int | None:
        """One value, None when key or value is missing."""
        ...

    def keys(self, key: str) -> tuple[str, ...]:
        """Names of the keys below ``key``."""
        ...

    def write(self, key: str, values: Mapping[str, str | int]) -> None:
        """Create ``key`` with these values."""
        ...

    def delete(self, key: str) -> bool:
        """Remove ``key``, which must have no keys below; False when there is none."""
        ...


class NoRegistry:
    """Not Windows: nothing is there, and nothing can be written."""

    def value(self, key: str, name: str) -> str | int | None:
        return None

    def keys(self, key: str) -> tuple[str, ...]:
        return ()

    def write(self, key: str, values: Mapping[str, str | int]) -> None:
        raise OSError("no registry")

    def delete(self, key: str) -> bool:
        return False


if sys.platform == "win32":
    import winreg

    _ROOTS = {
        "HKCU": winreg.HKEY_CURRENT_USER,
        "HKLM": winreg.HKEY_LOCAL_MACHINE,
        "HKCR": winreg.HKEY_CLASSES_ROOT,
    }

    class WindowsRegistry:
        """The registry of this machine."""

        def value(self, key: str, name: str) -> str | int | None:
            try:
                with self._open(key) as found:
                    value = winreg.QueryValueEx(found, name)[0]
            except OSError:
                return None
            return value if isinstance(value, str | int) else None

        def keys(self, key: str) -> tuple[str, ...]:
            try:
                with self._open(key) as found:
                    return tuple(
                        winreg.EnumKey(found, place) for place in range(winreg.QueryInfoKey(found)[0])
                    )
            except OSError:
                return ()

        def write(self, key: str, values: Mapping[str, str | int]) -> None:
            root, path = key.split("\\", 1)
            with winreg.CreateKey(_ROOTS[root], path) as made:
                for name, value in values.items():
                    kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
                    winreg.SetValueEx(made, name, 0, kind, value)

        def delete(self, key: str) -> bool:
            root, path = key.split("\\", 1)
            try:
                winreg.DeleteKey(_ROOTS[root], path)
            except OSError:
                return False
            return True

        def _open(self, key: str) -> winreg.HKEYType:
            root, path = key.split("\\", 1)
            return winreg.OpenKey(_ROOTS[root], path)


def this_registry() -> Registry:
    """The registry of this machine, an empty one where there is none."""
    if sys.platform == "win32":
        return WindowsRegistry()
    return NoRegistry()
