"""Scores of pairs of rows: what the names say, weighed with what else the rows share (R-057)."""

from __future__ import annotations

from typing import Final

import numpy as np

from crmsheet.clean.duplicate_blocks import Flags, Ints
from crmsheet.clean.duplicate_evidence import KINDS, SCORES, SETTLED, Evidence, are_similar
from crmsheet.clean.duplicate_names import NameTable, Scored

# Names that differ but share a telephone or mailbox: another firm of the same people, or a new name.
_SHARED_ONLY: Final = 0.6
_MOST_SHORT_NAMES: Final = 20  # a short name that fits more rows than this says nothing about any of them
_SETTLED: Final = np.array(sorted(SETTLED))


def weigh_evidence(
    scored: Scored, table: NameTable, names: Ints, evidence: Evidence, *, same_at_least: float
) -> Scored:
    """Scores after what else the rows share: a telephone settles a typo, but no difference of branch or city.

    ``names`` is the number in ``table`` of each row's name.
    """
    scores, reasons = scored.scores.copy(), scored.reasons.copy()
    no_name = reasons == "placeholder"
    scores[no_name], reasons[no_name] = 0.0, "different"
    unlike = reasons == "different"
    settled = np.isin(reasons.astype(str), _SETTLED)
    together = ~table.are_apart(names[scored.pairs])
    similar = _are_similar(scored.pairs, names, table, unlike & together)
    for kind in KINDS:
        shared = evidence.shared(scored.pairs, kind)
        likely = similar | (~unlike if kind == "same_id" else settled)
        raised = shared & together & likely & (scores < SCORES[kind])
        reasons[raised & (scores < same_at_least)] = kind
        scores[raised] = SCORES[kind]
        if kind != "same_domain":
            rest = shared & (scores < _SHARED_ONLY)
            scores[rest], reasons[rest] = _SHARED_ONLY, kind
    return Scored(scored.pairs, scores, reasons)


def _are_similar(pairs: Ints, names: Ints, table: NameTable, asked: Flags) -> Flags:
    similar = np.zeros(len(pairs), dtype=bool)
    for at in np.flatnonzero(asked):
        one, other = names[pairs[at]]
        similar[at] = are_similar(table.names[one], table.names[other])
    return similar


def set_ambiguous_apart(
    scored: Scored, cities: Ints, evidence: Evidence, *, same_at_least: float, related_at_least: float
) -> Scored:
    """恒达科技 without a place fits 北京恒达科技 and 上海恒达科技: both are related then, neither is the same.

    ``cities`` is a code of each row's city, 0 where it is not known. Pairs that share a telephone or the like stay.
    """
    shared = np.zeros(len(scored.pairs), dtype=bool)
    for kind in KINDS:
        shared |= evidence.shared(scored.pairs, kind)
    city = cities[scored.pairs]
    open_pair = (scored.scores >= same_at_least) & ~shared & ((city == 0).sum(axis=1) == 1)
    row = np.where(city[:, 0] == 0, scored.pairs[:, 0], scored.pairs[:, 1])
    claims = np.unique(np.column_stack((row, city.max(axis=1)))[open_pair], axis=0)
    rows, count = np.unique(claims[:, 0], return_counts=True)
    ambiguous = open_pair & np.isin(row, rows[count > 1])
    scores, reasons = scored.scores.copy(), scored.reasons.copy()
    scores[ambiguous] = np.minimum(scores[ambiguous], (same_at_least + related_at_least) / 2)
    reasons[ambiguous] = "ambiguous_place"
    return Scored(scored.pairs, scores, reasons)


def without_vague(scored: Scored) -> Scored:
    """Without the short names that fit so many rows that they point to none of them."""
    short = scored.reasons == "short_name"
    rows, count = np.unique(scored.pairs[short], return_counts=True)
    vague = np.isin(scored.pairs, rows[count > _MOST_SHORT_NAMES]).any(axis=1)
    return scored.where(~(short & vague))
