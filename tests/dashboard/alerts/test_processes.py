"""Real processes: two at once tell a change once, and one that is killed anywhere loses nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.serving import free_port
from boussole.dashboard.alerts.detect import check
from boussole.dashboard.alerts.messages import SENT, WAITING
from boussole.dashboard.alerts.outbox import messages
from tests.dashboard.alerts.conftest import Hook, House

BOUSSOLE = str(Path(sys.executable).parent / "boussole")
DYING = """
import os, signal, sys
from pathlib import Path
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts import detect

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

home, place = sys.argv[1:]
if place == "meanwhile":
    detect.check(Workspace(Path(home)), meanwhile=die)
setattr(detect, place, die)
detect.check(Workspace(Path(home)))
"""


def changed(house: House, hook: Hook) -> None:
    house.settings(hook.channel())
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace)
    house.audit(2, impact_ratio_gender="broken")


def start(house: House, *words: str) -> subprocess.Popen[str]:
    command = [BOUSSOLE, "--workspace", str(house.home), "alerts", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_two_processes_at_once_tell_a_change_once(house: House, hook: Hook) -> None:
    changed(house, hook)
    for words in ("check", "send"):
        both = [start(house, words) for _ in range(2)]
        said = [each.communicate(timeout=120)[1] for each in both]
        assert [each.returncode for each in both] == [0, 0], said
    assert len(hook.bodies) == 1
    (message,) = messages(house.workspace)
    assert (message.state, message.attempts) == (SENT, 1)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["meanwhile", "facts", "_keep", "keep", "queue"])
def test_a_check_that_is_killed_anywhere_is_made_up_for_by_the_next(house: House, hook: Hook, place: str) -> None:
    """While it looks, while it writes the words, and at each step of the transaction."""
    changed(house, hook)
    done = subprocess.run([sys.executable, "-c", DYING, str(house.home), place], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert messages(house.workspace) == []
    found = check(house.workspace)
    assert {(each.before, each.after) for each in found.changes} == {("kept", "broken"), ("unknown", "broken")}
    assert len(messages(house.workspace)) == 1
    assert check(house.workspace).changes == []


@pytest.mark.slow
def test_a_process_that_is_killed_after_sending_sends_again_under_the_same_number(house: House, hook: Hook) -> None:
    changed(house, hook)
    check(house.workspace)
    sending: list[subprocess.Popen[str]] = []
    hook.before_answer = lambda: os.kill(sending[0].pid, signal.SIGKILL)
    sending.append(start(house, "send"))
    assert sending[0].wait(timeout=120) == -signal.SIGKILL
    (message,) = messages(house.workspace)
    assert (message.state, len(hook.bodies)) == (WAITING, 1)
    hook.before_answer = lambda: None
    held = start(house, "send")
    assert "Nothing is due" in held.communicate(timeout=120)[1], "the lease of the one that died still holds"
    with sqlite3.connect(house.workspace.governance) as connection:  # five minutes later
        connection.execute("UPDATE alert_messages SET lease_until = '2026-01-01T00:00:00Z'")
    again = start(house, "send")
    assert "1 message(s) sent" in again.communicate(timeout=120)[1]
    assert [each["boussole"]["id"] for each in hook.bodies] == [message.id, message.id]
    assert messages(house.workspace)[0].state == SENT


DRIPPING = """
import socket, sys, threading, time
from pathlib import Path
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts import sending

server = socket.create_server(("127.0.0.1", int(sys.argv[2])))

def drip():
    taken = server.accept()[0]
    taken.recv(65536)
    taken.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 1000000\\r\\n\\r\\n")
    while True:
        taken.sendall(b"x")
        time.sleep(0.2)

threading.Thread(target=drip, daemon=True).start()
sending.MESSAGE_SECONDS = 2
print([problem for _, problem in sending.send(Workspace(Path(sys.argv[1]))).failed])
"""


@pytest.mark.slow
def test_a_webhook_that_drips_for_ever_keeps_no_process_from_ending(house: House, hook: Hook) -> None:
    hook.port = free_port()
    changed(house, hook)
    check(house.workspace)
    command = [sys.executable, "-c", DRIPPING, str(house.home), str(hook.port)]
    done = subprocess.run(command, check=False, timeout=120, capture_output=True, text=True)
    assert done.stdout == "['timeout']\n", done.stderr
