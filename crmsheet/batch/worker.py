"""What every worker process needs, loaded once by the server that forks them."""

from __future__ import annotations

import gc

from crmsheet.batch import buckets, reading
from crmsheet.labels import Labels

__all__ = ["buckets", "reading"]

Labels.load()
gc.freeze()  # what was loaded stays in pages that all workers share
