"""Reading a job title: what part its holder has in a purchase (R-005, R-040).

A title says at its end what its holder is: 总经理助理 is an assistant, 采购部经理 a manager. So the word that ends last
decides, of those that end there the longest. Words come from the editable lexicon ``decision``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from crmsheet.clean.phrases import any_phrase
from crmsheet.clean.text import normalize_text
from crmsheet.data import read_toml
from crmsheet.rule_lexicons import Lexicons

ROLES = ("decision_maker", "influencer", "user")  # who weighs more in front
_NOWHERE = "no_role"
_LONGEST = 200
_PATTERNS = read_toml("job_titles.toml")
_BETWEEN = re.compile(_PATTERNS["between"])
_SPACED = re.compile(_PATTERNS["spaced"])
_OF = re.compile(_PATTERNS["of"], re.IGNORECASE)

Role = str  # one of ROLES, blank where a title does not say


def read_title(title: str, lexicons: Lexicons) -> Role:
    """decision_maker, influencer or user; blank where the title does not say.

    >>> from crmsheet.rules import Rules
    >>> words = Rules.load().lexicons
    >>> [read_title(title, words) for title in ("采购总监", "总经理助理", "前台", "采购经理（有决定权）", "采购部")]
    ['decision_maker', 'influencer', 'user', 'decision_maker', '']
    """
    return title_reader(lexicons)(title)


@lru_cache(maxsize=8)
def title_reader(lexicons: Lexicons) -> Callable[[str], Role]:
    """The reader for many titles: telling two lexicons apart takes longer than reading one."""
    words = lexicons.decision
    role_of = {
        word.casefold(): name for name in (_NOWHERE, *reversed(ROLES)) for word in getattr(words, name)
    }
    backwards = any_phrase(tuple(word[::-1] for word in role_of))
    decides, decides_not = any_phrase(words.decides), any_phrase(words.decides_not)

    def of_part(part: str) -> Role:
        told = _OF.sub(r"\2 \1", part.strip())
        last = backwards.search(told[::-1])
        return role_of[last[0][::-1].casefold()] if last else ""

    @lru_cache(maxsize=65536)
    def read(title: str) -> Role:
        text = _SPACED.sub(lambda run: run[0].replace(" ", ""), normalize_text(title)[:_LONGEST])
        denied = decides_not.sub(" ", text)
        if decides.search(denied):
            return ROLES[0]
        found = {of_part(part) for part in _BETWEEN.split(denied)}
        if denied != text:  # whoever holds the title of one who decides is still heard
            found = {ROLES[1] if role == ROLES[0] else role for role in found}
        return next((role for role in ROLES if role in found), "")

    return read
