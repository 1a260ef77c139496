"""Questions about the rules: which there are (``houqin rules``), and what they say of one row (``houqin explain``).

Nothing is written here, and the host is never asked.
"""
