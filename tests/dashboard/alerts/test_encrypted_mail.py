"""E-mail through a server that wants encryption and a name: a certificate that nobody vouches for is not accepted."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from benchmarks.serving import free_port
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.sending import send
from tests.dashboard.alerts.conftest import HIDDEN, House, Post
from tests.dashboard.certificate import certificate


def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == HIDDEN.encode()
    return AuthResult(success=right, handled=False)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Post]:
    found = Post(port=free_port())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(tmp_path, "localhost"))
    controller = Controller(
        found,
        hostname="127.0.0.1",
        port=found.port,
        ready_timeout=30,
        tls_context=context,
        require_starttls=True,
        authenticator=known,
        auth_required=True,
    )
    controller.start()
    yield found
    controller.stop()


@pytest.mark.parametrize(
    ("secret", "more", "problem"),
    [
        (HIDDEN, "&verify=no", {}),
        (HIDDEN, "", {"post": "certificate"}),
        ("wrong", "&verify=no", {"post": "sign_in 535"}),
    ],
)
def test_encryption_and_sign_in_are_what_the_address_says(
    house: House, strict: Post, secret: str, more: str, problem: dict[str, str]
) -> None:
    url = f"mailtos://bot:{secret}@127.0.0.1:{strict.port}/?from=boussole@example.org&to=chair@example.org{more}"
    house.settings(f'[alerts.channels.post]\nurl = "{url}"\n')
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    assert send(house.workspace).failed == problem
    assert len(strict.mails) == (0 if problem else 1)


def test_a_server_without_encryption_gets_no_password(house: House, post: Post) -> None:
    url = f"mailtos://bot:{HIDDEN}@127.0.0.1:{post.port}/?from=boussole@example.org&to=chair@example.org"
    house.settings(f'[alerts.channels.post]\nurl = "{url}"\n')
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    assert send(house.workspace).failed == {"post": "no_tls"}
    assert post.mails == []
