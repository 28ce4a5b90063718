"""A member without a browser: speaks the dashboard's own protocol, page by page and form by form."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60
"""Seconds after which a page counts as never come."""


class NoAnswerError(Exception):
    """A page that did not come, came with an error, or lacks what was looked for."""


class Page:
    """What one run of the app sent."""

    def __init__(self) -> None:
        self.html: list[str] = []

    def take(self, element: Any) -> None:
        """One element of the page."""
        kind = element.WhichOneof("type")
        body: Any = getattr(element, kind) if kind else None
        if kind in ("html", "markdown"):
            self.html.append(body.body)
        elif kind == "exception":
            raise NoAnswerError(f"{body.type}: {body.message}")

    @property
    def text(self) -> str:
        """All that was shown, markup and all."""
        return "\n".join(self.html)


class Member:
    """One session with the dashboard at `address`; each page is asked for as a browser does, anew."""

    def __init__(self, address: str) -> None:
        self.address, self.host = address, urlsplit(address).netloc
        self.http = httpx.AsyncClient(base_url=address)
        self.socket: ClientConnection | None = None
        self.path, self.query = "", ""
        self.page = Page()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()
        await self.http.aclose()

    async def leave(self) -> None:
        """Close the page that is open."""
        if self.socket is not None:
            await self.socket.close()
            self.socket = None

    async def visit(self, path: str, **query: str) -> float:
        """Open a page from nothing; seconds until it is whole."""
        started = time.perf_counter()
        await self.leave()
        self.path, self.query = path.strip("/"), urlencode(query)
        (await self.http.get(f"/{self.path}?{self.query}")).raise_for_status()
        self.socket = await connect(
            f"ws://{self.host}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(self.address),
            max_size=None,
        )
        await self._run()
        return time.perf_counter() - started

    async def send(self, path: str, fields: Mapping[str, str]) -> float:
        """Send a form of a page; seconds until what was done has an address. Raises NoAnswerError if it was refused."""
        started = time.perf_counter()
        sent = [(name, (None, value)) for name, value in fields.items()]
        answer = await self.http.post(path, files=sent, headers={"Origin": self.address})
        where = answer.headers.get("location", "")
        if answer.status_code != HTTPStatus.SEE_OTHER or "sent=" in where:
            raise NoAnswerError(f"{path} was refused: {answer.status_code} {where or answer.text[:200]}")
        return time.perf_counter() - started

    async def _run(self) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name = self.query, self.path
        asked.context_info.locale = "fr-FR"
        asked.context_info.timezone = "Europe/Paris"
        asked.context_info.url = f"{self.address}/{self.path}"
        if self.socket is None:
            raise NoAnswerError("no page is open")
        await self.socket.send(message.SerializeToString())
        self.page = Page()
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = ForwardMsg.FromString(await self.socket.recv())
                kind = answer.WhichOneof("type")
                if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                    self.page.take(answer.delta.new_element)
                elif kind == "script_finished":
                    return
