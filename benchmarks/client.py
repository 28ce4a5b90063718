"""A member without a browser: speaks the dashboard's own protocol, page by page and form by form."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 60
"""Seconds after which a page counts as never come."""
_FIELDS = {"text_input": "string_value", "text_area": "string_value", "date_input": "string_array_value"}


class NoAnswerError(Exception):
    """A page that did not come, came with an error, or lacks what was looked for."""


class Page:
    """What one run of the app sent."""

    def __init__(self) -> None:
        self.html: list[str] = []
        self.widgets: dict[str, tuple[str, Any]] = {}

    def take(self, element: Any) -> None:
        """One element of the page."""
        kind = element.WhichOneof("type")
        body = getattr(element, kind) if kind else None
        if kind in ("html", "markdown"):
            self.html.append(body.body)
        elif kind == "exception":
            raise NoAnswerError(f"{body.type}: {body.message}")
        elif kind and hasattr(body, "label") and getattr(body, "id", ""):
            self.widgets[body.label] = (kind, body)

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
        self.states: dict[str, WidgetState] = {}

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
        self.path, self.query, self.states = path.strip("/"), urlencode(query), {}
        (await self.http.get(f"/{self.path}?{self.query}")).raise_for_status()
        self.socket = await connect(
            f"ws://{self.host}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=self.address,  # type: ignore[arg-type]
            max_size=None,
        )
        await self._run()
        return time.perf_counter() - started

    async def press(self, button: str, **typed: str) -> float:
        """Fill the fields of the page with `typed`, by label, and press a button; seconds until the answer is whole."""
        started = time.perf_counter()
        for label, text in typed.items():
            kind, body = self._widget(label)
            state = WidgetState(id=body.id)
            setattr(state, _FIELDS[kind], text)
            self.states[body.id] = state
        _, body = self._widget(button)
        await self._run(WidgetState(id=body.id, trigger_value=True))
        return time.perf_counter() - started

    def _widget(self, label: str) -> tuple[str, Any]:
        if label not in self.page.widgets:
            raise NoAnswerError(
                f"no “{label}” on /{self.path}: there are {', '.join(self.page.widgets) or 'no fields'}"
            )
        return self.page.widgets[label]

    async def _run(self, *pressed: WidgetState) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name = self.query, self.path
        asked.widget_states.widgets.extend([*self.states.values(), *pressed])
        asked.context_info.locale = "fr-FR"
        asked.context_info.timezone = "Europe/Paris"
        asked.context_info.url = f"{self.address}/{self.path}"
        if self.socket is None:
            raise NoAnswerError("no page is open")
        await self.socket.send(message.SerializeToString())
        self.page = Page()
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = ForwardMsg.FromString(await self.socket.recv())  # type: ignore[arg-type]
                kind = answer.WhichOneof("type")
                if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                    self.page.take(answer.delta.new_element)
                elif kind == "script_finished":
                    return
