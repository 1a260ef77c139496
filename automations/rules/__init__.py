"""Rules of the office: each a small pure function beside its id, clause and message (domain.md B, C).

A rule looks at facts and yields figures; it never acts and never asks the time. ``RULES`` lists them all.
"""

import importlib
import pkgutil

from automations.rules.base import FACTS, RULES, Rule, examine, rule, rules_of

for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["FACTS", "RULES", "Rule", "examine", "rule", "rules_of"]
