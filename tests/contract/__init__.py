"""The host contract. Its tests stand in plain modules: pytest is asked to explain their assertions too."""

import pytest

for _part in ("schema", "values", "rows", "history"):
    pytest.register_assert_rewrite(f"{__name__}.contract_{_part}")
pytest.register_assert_rewrite(f"{__name__}.office")
