"""The connections that are open: how many in all and of each address, and which has to go when there are too many."""

from __future__ import annotations

import asyncio
from collections import Counter

from boussole.dashboard.server.serving.limits import Limits


class Connections:
    """Those of one server. One whose client keeps the server waiting makes room for another; one at work never."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._address: dict[asyncio.Transport, str] = {}
        self._of: Counter[str] = Counter()
        self._waiting: dict[asyncio.Transport, None] = {}
        self._sockets: set[asyncio.Transport] = set()

    def admits(self, transport: asyncio.Transport) -> bool:
        """Whether there is room for a new one; the one that has waited longest without a request makes it."""
        address = str((transport.get_extra_info("peername") or ("",))[0])
        most = self.limits.of_one_address
        if most is not None and self._of[address] >= most and not self._makes_room(address):
            return False
        if len(self._address) >= self.limits.connections and not self._makes_room():
            return False
        self._address[transport] = address
        self._of[address] += 1
        self._waiting[transport] = None
        return True

    def waits(self, transport: asyncio.Transport) -> None:
        """It has no request under way."""
        if transport in self._address:
            self._waiting[transport] = None

    def works(self, transport: asyncio.Transport) -> None:
        """It has one."""
        self._waiting.pop(transport, None)

    def admits_socket(self, transport: asyncio.Transport) -> bool:
        """Whether it may become a web socket, which keeps its place."""
        if len(self._sockets) >= self.limits.sockets:
            return False
        self.works(transport)
        self._sockets.add(transport)
        return True

    def gone(self, transport: asyncio.Transport) -> None:
        """It was closed."""
        self._waiting.pop(transport, None)
        self._sockets.discard(transport)
        address = self._address.pop(transport, None)
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]

    def _makes_room(self, address: str | None = None) -> bool:
        """Ends the one that has waited longest, of an address where one is given."""
        found = next((each for each in self._waiting if address in (None, self._address[each])), None)
        if found is None:
            return False
        self.gone(found)
        found.abort()
        return True

    def __len__(self) -> int:
        return len(self._address)
