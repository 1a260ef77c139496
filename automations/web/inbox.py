"""Takes what the public pages were sent: use of the slip, number and wanted row in one durable transaction."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from automations import intents
from automations.errors import HouqinError
from automations.intents import Intent
from automations.journal import Journal, JournalWrite
from automations.schema import Schema
from automations.tables.values import Values, to_json
from automations.web import tokens
from automations.workdays import local_date

ANSWERS, REPORTS = "survey_responses", "issues"
ISSUED = "survey_slips"
"""Kind of the journal's entry about slips: how many, never which."""


class Inbox:
    """The one door between the pages and the stores."""

    def __init__(self, journal: Journal, schema: Schema) -> None:
        self._journal, self._schema = journal, schema
        journal.create_all(tokens.metadata)
        journal.create_all(intents.metadata)
        with journal.store.write() as connection:
            self.key = tokens.key(connection)

    def slip(self, token: str) -> tokens.Slip | None:
        """What is known of a token."""
        with self._journal.store.read() as connection:
            return tokens.slip(connection, token)

    def issue(self, class_code: str, count: int, *, fresh: bool, again: bool, now: datetime) -> Sequence[str]:
        """Make tokens for a class; how many is recorded, which is not.

        Args:
            class_code: Of the class.
            count: How many.
            fresh: A whole set: refused if the class has one.
            again: The open tokens of the class are void first, and a whole set is for those who did not answer yet.
            now: Aware time.

        Raises:
            HouqinError: The class has its set already.
        """
        with self._journal.write() as tx:
            before = tokens.tally(tx.connection, class_code)
            voided = tokens.void_open(tx.connection, class_code) if again else 0
            if fresh and not again and (known := before["open"] + before["used"]):
                raise HouqinError(
                    f"这个班已发过{known}张（已用{before['used']}张）。补发几张请加 --more 张数；"
                    "没有用过的全部作废、重新发一套请加 --again。"
                )
            if fresh:
                count = max(1, count - before["used"])
            made = tokens.issue(tx.connection, class_code, count)
            tx.append(ISSUED, f"training_classes/{class_code}", {"issued": count, "voided": voided}, now)
        return made

    def take_back(self, made: Sequence[str]) -> None:
        """Void tokens that never got onto paper."""
        with self._journal.store.write() as connection:
            tokens.void(connection, made)

    def answer(self, token: str, cells: Values, now: datetime) -> bool:
        """Take one answer sheet; False if its token was used before."""
        with self._journal.write(now=now) as tx:
            if not tokens.use(tx.connection, token):
                return False
            # The sheet has a code of its own, which leads back to no slip.
            self._want(tx, ANSWERS, {"token": tokens.shown(tokens.new_token()), **cells}, now)
        return True

    def report(self, receipt: str, cells: Values, now: datetime) -> bool:
        """Take one report; False if this receipt was given for one before (somebody pressed twice)."""
        with self._journal.write(now=now) as tx:
            if tokens.code_of(tx.connection, receipt) is not None:
                return False
            tokens.keep_receipt(tx.connection, receipt, self._want(tx, REPORTS, cells, now))
        return True

    def code_of(self, receipt: str) -> str | None:
        """The code of the report that this receipt was given for."""
        with self._journal.store.read() as connection:
            return tokens.code_of(connection, receipt)

    def _want(self, tx: JournalWrite, table: str, cells: Values, now: datetime) -> str:
        nobody = secrets.token_hex(16)  # until the row exists; nothing that leads back to a slip or a receipt
        prefix, year = self._schema[table].prefix, local_date(now).year
        code = tx.number(prefix, year, "web", int(nobody[:12], 16), nobody)
        plain = {name: to_json(value) for name, value in cells.items()}
        intents.plan(tx.connection, Intent(table, code, {"code": code, **plain}), now)
        return code
