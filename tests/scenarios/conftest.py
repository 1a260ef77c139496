"""Schools for scenarios: each comes to rest in the end, with its journal in order."""

from collections.abc import Callable, Iterator

import pytest

from tests.approvals.conftest import at_rest
from tests.scenarios.school import School

Open = Callable[..., School]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens a school on some day; see :class:`School`."""
    schools: list[School] = []

    def open_school(*args: object, **more: object) -> School:
        schools.append(School(*args, **more))  # type: ignore[arg-type]
        return schools[-1]

    yield open_school
    for school in schools:
        at_rest(school)
        school.close()
