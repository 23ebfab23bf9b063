"""``python -m crmsheet``: the command line, where no ``crmsheet`` script is on the path."""

from __future__ import annotations

from crmsheet.cli import main

main()
