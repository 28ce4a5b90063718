"""A server on a free port of this machine, for as long as it is needed."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60


@contextmanager
def served(command: Sequence[object]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Starts the command with `--port` (Streamlit's own: `--server.port`). Yields its address and its process."""
    port = free_port()
    own = Path(str(command[0])).name == "streamlit"
    parts = [*map(str, command), "--server.port" if own else "--port", str(port)]
    process = subprocess.Popen(parts, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        answering(f"{address}/_stcore/health", process)
        yield address, process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answering(address: str, process: subprocess.Popen[bytes]) -> None:
    """Waits until a server answers at an address; ends the program where the process ends before, or takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (our own server)
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    ended = "ended by itself" if process.poll() is not None else f"did not answer within {PATIENCE} seconds"
    raise SystemExit(f"the server at {address} {ended}")


def memory(pid: int) -> float:
    """The gigabytes that a process holds in memory now."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1e6
    return 0.0
