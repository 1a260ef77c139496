"""The office's books as a rule reads them: rows and what points at them, what is held, parameters, people, the day.

Reading is all one can do here. Every reading leaves a mark, so that a judgement knows what it stood on
(:mod:`automations.books.inputs`) and ``houqin explain`` can show it.
"""

from automations.books.books import Books, MemorySource, Source
from automations.books.facts import Facts, remembered
from automations.books.facts import cached_property as cached_property
from automations.books.inputs import Input, InputIndex

__all__ = ["Books", "Facts", "Input", "InputIndex", "MemorySource", "Source", "cached_property", "remembered"]
