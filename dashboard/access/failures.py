"""Sign-ins, tokens and messages of the provider that failed: noted without what is secret in them, and slowed down.

Who shows what is right is let in whatever others tried before, from the same address or under the number of the same
token: nobody is locked out by somebody else. What is slowed down is failing: 256 random bits are not guessed, but
whoever tries fills no log and no memory.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable

from boussole.audits.workspace import Workspace
from boussole.dashboard.access import log
from boussole.dashboard.access.log import Event
from boussole.dashboard.runtime.limits import Limiter, seconds

EACH_MINUTE = 10
"""Failures of one address, or under the number of one token, that are answered each minute."""
NOTED_EACH_MINUTE = 60
"""Failures that the access log names each minute, whoever fails; the next that it names says how many it left out."""


class Failures:
    """What has failed lately."""

    def __init__(self, clock: Callable[[], float] = seconds) -> None:
        self._addresses, self._names = Limiter(EACH_MINUTE, clock), Limiter(EACH_MINUTE, clock)
        self._noted, self._turn = Limiter(NOTED_EACH_MINUTE, clock), threading.Lock()
        self._left_out = 0

    def failed(
        self, workspace: Workspace, event: Event, *, address: str, place: str, subject: str = "", guess: bool = True
    ) -> int:
        """Counts and notes a failure; 0, or the seconds to wait before the next is answered.

        Whoever shows what was right once (`guess` is false) is not counted among those who try from an address.
        """
        waits = [self._addresses.wait(_network(address)) if guess else 0, self._names.wait(subject) if subject else 0]
        with self._turn:
            if any(waits) or self._noted.wait("all"):
                self._left_out += 1
                return max(waits)
            before, self._left_out = self._left_out, 0
        more = f" (+{before})" if before else ""
        log.note(workspace, event, subject=subject or f"address/{address}", place=f"{place} {address}{more}".strip())
        return 0


def _network(address: str) -> str:
    """Whose address it is: under IPv6 somebody has 2⁶⁴ of them.

    >>> _network("2001:db8::1") == _network("2001:db8::ffff"), _network("10.0.0.1"), _network("testclient")
    (True, '10.0.0.1', 'testclient')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address
