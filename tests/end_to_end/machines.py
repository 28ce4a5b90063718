"""Two machines, a server behind TLS and somebody outside: both on this one, at addresses of their own."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import signal
import subprocess
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.process import BOUSSOLE
from benchmarks.serving import free_port

PATIENCE = 300
"""Seconds that a server may take to start."""
FRONT = """
import asyncio, ssl, sys
host, port, inner, cert, key = sys.argv[1:]
async def pipe(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
async def serve(reader, writer):
    try:
        there, back = await asyncio.open_connection("127.0.0.1", int(inner))
    except OSError:
        return writer.close()
    await asyncio.gather(pipe(reader, back), pipe(there, writer), return_exceptions=True)
async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    await (await asyncio.start_server(serve, host, int(port), ssl=tls)).serve_forever()
asyncio.run(main())
"""
ASK = """
import sys, httpx
method, url, token, body = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}", "Origin": "/".join(url.split("/")[:3])}
headers |= {"Content-Type": "text/plain"} if body else {}
try:
    answer = httpx.request(method, url, content=body.encode(), headers=headers, timeout=30)
    print(answer.status_code, answer.text)
except httpx.HTTPError as error:
    print(0, type(error).__name__)
"""


WAIT = """
import http.client, sys, time, urllib.request
until = time.monotonic() + float(sys.argv[2])
while True:
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=10) as answer:
            sys.exit(answer.status != 200)
    except (OSError, ValueError, EOFError, http.client.HTTPException) as error:
        if time.monotonic() > until:
            sys.exit(repr(error))
    time.sleep(0.1)
"""


class Machines:
    """The server's, and that of somebody outside."""

    server, outside = "127.0.0.2", "127.0.0.3"

    def __init__(self, home: Path) -> None:
        self.home, self.running = home, []
        self.port, self.inner = free_port(), free_port()
        self.url = f"https://{self.server}:{self.port}"
        self._certificate()

    def start(self, workspace: Path) -> None:
        """Starts the dashboard and the TLS server before it, and waits until the other machine is answered."""
        dashboard = [BOUSSOLE, "--workspace", workspace, "dashboard", "--headless", "--port", self.inner]
        keys = (self.home / "tls.pem", self.home / "tls.key")
        front = [sys.executable, "-c", FRONT, self.server, self.port, self.inner, *keys]
        for command in (dashboard, front):
            self.running.append(subprocess.Popen([str(each) for each in command], stdout=subprocess.DEVNULL))
        done = self.run([sys.executable, "-c", WAIT, f"{self.url}/healthz", PATIENCE])
        assert done.returncode == 0, f"the server does not answer the other machine: {done.stderr}"

    def stop(self) -> None:
        """Ends both."""
        for process in self.running:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGINT)
        for process in self.running:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def mute(self) -> None:
        """The server's machine takes what it is sent, and does not answer: as if the cable were out."""
        for process in self.running:
            process.send_signal(signal.SIGSTOP)

    def ask(self, method: str, path: str, *, token: str, body: str = "") -> tuple[int, str]:
        """What the server answers to a request from outside."""
        done = self.run([sys.executable, "-c", ASK, method, self.url + path, token, body])
        status, _, text = done.stdout.partition(" ")
        return int(status), text

    def run(self, command: list[object]) -> subprocess.CompletedProcess[str]:
        """Runs a command outside: in an empty folder, without the server's settings, and trusting its certificate."""
        (self.home / "outside").mkdir(exist_ok=True)
        known = {name: value for name, value in os.environ.items() if not name.startswith("BOUSSOLE")}
        known |= {"SSL_CERT_FILE": str(self.home / "tls.pem"), "NO_PROXY": "*"}
        given, at = [str(each) for each in command], self.home / "outside"
        return subprocess.run(given, cwd=at, env=known, capture_output=True, text=True, check=False)

    def _certificate(self) -> None:
        key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "the server")])
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = (
            made.serial_number(1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )
        place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(self.server))])
        signed = made.add_extension(place, critical=False).sign(key, hashes.SHA256())
        (self.home / "tls.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (self.home / "tls.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
