"""Sign-off: chains, who may sign, verdicts, substitutes, seals. Pure: nothing here acts or asks the time."""
