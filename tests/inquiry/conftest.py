import pytest

from tests.stored import Stored, stored_school


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    return stored_school(tmp_path_factory.mktemp("stored"))
