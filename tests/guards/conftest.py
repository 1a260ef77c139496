"""The small school of the sign-off tests; after every test it must come to rest with its journal in order."""

from tests.approvals.conftest import fresh as fresh
from tests.approvals.conftest import office as office
from tests.approvals.conftest import school as school
