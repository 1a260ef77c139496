"""The one contract every table host keeps: the same tests run against memory, NocoDB and Baserow.

A module per host gives a module-scoped fixture ``office`` (an :class:`Office`) and subclasses :class:`HostContract`;
``conftest.py`` lays out the tables of ``world.py`` and signs the accounts in. A host that honestly cannot do a thing
says so through :meth:`Office.can`, and the test then asserts what it does instead.
"""

from .contract_history import HistoryContract
from .contract_rows import RowContract
from .contract_schema import SchemaContract
from .contract_values import ValueContract
from .office import ACCOUNTS, LI, WANG, WORKER, ZHOU, Ability, Office
from .world import World, lay_out

__all__ = ["ACCOUNTS", "LI", "WANG", "WORKER", "ZHOU", "Ability", "HostContract", "Office", "World", "lay_out"]


class HostContract(SchemaContract, ValueContract, RowContract, HistoryContract):
    """Everything the engine relies on. Subclass it in a module that has an ``office`` fixture."""
