"""Rules of the office: each a small pure function beside its id, clause and message (domain.md B, C).

A rule looks at facts and yields messages; it never acts and never asks the time. ``RULES`` lists them all.
"""

from automations.rules.base import RULES, Rule, examine, rule

__all__ = ["RULES", "Rule", "examine", "rule"]
