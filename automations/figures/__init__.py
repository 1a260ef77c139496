"""Cells that Houqin computes: one file per table, each a pure function of the same facts that the rules look at.

They are computed anew whenever the row or one of its inputs changed, so a value that somebody typed simply gives way.
"""

import importlib
import pkgutil

from automations.figures.base import FIGURES, OWNED, Computed, compute, computes

for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["FIGURES", "OWNED", "Computed", "compute", "computes"]
