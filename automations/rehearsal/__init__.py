"""What would have been decided otherwise: a year of rows judged again under other parameters (``houqin rehearse``).

Nothing is written and nobody is told: the rows are those of the mirror, judged in memory.
"""
