"""Every error that Houqin raises on purpose.

One base class; each error says in Chinese what is wrong and what to do next, because the people who read
it on a terminal are a school's IT staff. ``problems`` lists all mistakes at once where there are several.
"""

from collections.abc import Sequence


class HouqinError(Exception):
    """Something went wrong that we foresaw: shown without a traceback.

    Args:
        message: One Chinese sentence: what is wrong, and the next step.
        problems: All single mistakes, shown below the message, one a line.
    """

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  - {problem}" for problem in self.problems)])


class SettingsError(HouqinError):
    """The environment or .env lacks something or holds something unusable."""


class SchemaError(HouqinError):
    """Files in schemas/ are broken; ``problems`` names each with file and line."""


class SchemaMoved(HouqinError):
    """A table or field that the schema needs is gone from the host, or changed its type there."""


class HostError(HouqinError):
    """The table host did not do what it was asked.

    Attributes:
        retry: Whether the same call may go through later.
    """

    retry = False


class HostUnavailable(HostError):
    """The host did not answer, or answered that it is busy (429, 5xx on a read, a dropped line)."""

    retry = True


class WriteUncertain(HostError):
    """A write got no clear answer: it may or may not have happened. The next pass reads and finds out."""

    retry = True


class HostConflict(HostError):
    """The host refused because somebody changed the same thing at the same time (409)."""

    retry = True


class HostRefused(HostError):
    """The host refused the call for good: bad value, no right, unknown name (4xx)."""


class RowMissing(HostRefused):
    """The row is not on the host (deleted, or never was)."""


class LoginRefused(HostError):
    """The account or its password is wrong, or the account was closed."""


class TableShrank(HouqinError):
    """A table came back empty or much smaller than the mirror knows it: nothing is taken as deleted."""


class StoreError(HouqinError):
    """The mirror or the journal cannot be opened or written."""


class JournalBroken(StoreError):
    """The journal's chain does not add up; the message names the first broken entry."""


class LeaseLost(HouqinError):
    """Another worker took over: this one must not act any more."""


class ChannelError(HouqinError):
    """A notice could not be handed over.

    Attributes:
        permanent: True when this channel will not take it (no such address, robot removed): the next one is used.
        retry_after: Seconds to wait before the next try, where the channel said so. Of a permanent one: when to try
            again where no other channel is left, because IT can mend the cause; None where only an address can help.
    """

    def __init__(self, message: str, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class TemplateError(HouqinError):
    """A report or message template is wrong; the message names file, line and field."""


class ReportError(HouqinError):
    """A report or form could not be made: no Chinese font, data missing, printing failed."""


class RuleError(HouqinError):
    """A rule failed on a row: the row stops where it is and IT is told; other rows go on."""


class AmountError(HouqinError):
    """A typed amount or share that is not one clear number; the message says how to write it."""
