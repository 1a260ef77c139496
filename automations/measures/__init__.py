"""Figures of a month, a quarter or a year, each with the rows behind it (domain.md F). Pure.

One file a chapter of the reports: :mod:`service`, :mod:`money`, :mod:`signing`, :mod:`buying`, :mod:`contracts`,
:mod:`supervision`, :mod:`facilities`, :mod:`saving`, :mod:`staff`; of the year also :mod:`means`, :mod:`capacity`,
:mod:`rulebook`, :mod:`costs`; :mod:`indicators` picks the twelve of the first page.
"""

from automations.measures.base import MISSING, Measure, change, codes, count, percent, share, total
from automations.measures.period import Period
from automations.measures.records import Records

__all__ = [
    "MISSING",
    "Measure",
    "Period",
    "Records",
    "change",
    "codes",
    "count",
    "percent",
    "share",
    "total",
]
