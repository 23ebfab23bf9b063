"""The check before every save."""

from __future__ import annotations

from collections import Counter

from crmsheet.book.lint import findings
from crmsheet.book.package import Package
from crmsheet.errors import WouldDamage


def refuse_new_faults(book: Package, original: bytes) -> None:
    """Raise for a fault that the ``original`` file did not have: Excel would repair what we are about to
    save.
    """
    ours = sorted(findings(book, written_only=True, thorough=False))
    if not ours:
        return
    before = Counter((fault.part, fault.rule) for fault in findings(Package(original, book.path)))
    for fault in ours:
        before[fault.part, fault.rule] -= 1
        if before[fault.part, fault.rule] < 0:
            raise WouldDamage(part=fault.part, cell=fault.cell, rule=fault.rule, found=fault.found)
