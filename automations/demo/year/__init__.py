"""A year of 示例区委党校, day by day, on the memory host (domain.md E).

People edit the tables, the real engine answers, and what it found is held against what was planted.

:mod:`school` is who and what is there on 1 January; a *stream* (:mod:`edits`) yields what people do on which day;
:mod:`planted` does wrong on purpose and says what must come of it; :mod:`player` plays it all, :mod:`verdict` compares.
"""
