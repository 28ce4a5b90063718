"""What nobody foresaw: noted for whoever keeps the server, under a number for whoever looked."""

from __future__ import annotations

import logging
import secrets
from traceback import format_tb

from boussole.audits.errors import reason_of

LOG = logging.getLogger("boussole")


def noted(error: Exception, place: str) -> str:
    """The number under which the log says where in the program it happened, and why, without quoting a row."""
    number = secrets.token_hex(4)
    LOG.error("trouble %s on %s: %s\n%s", number, place, reason_of(error), "".join(format_tb(error.__traceback__)))
    return number
