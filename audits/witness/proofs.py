"""What a witness writes down beside its checkpoint: proofs of a divergence, and when the server answered last."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import KEPT, LOG

DIVERGENCES, ANSWERED = "divergences", "answered.json"

_EXPLAINED = """\
{why}

Received from {url} on {at:%Y-%m-%d at %H:%M:%S} UTC.

kept.checkpoint       what this witness keeps, with its own cosignature
received.checkpoint   what the server sent, byte for byte
ledger.vkey           the public key that this witness holds of the ledger

Where both checkpoints bear the signature of that key, they prove that the ledger was rewritten, or that entries were
removed. Keep this folder, and give copies of it away.
"""


def keep_divergence(folder: Path, received: str, *, why: str, url: str, at: dt.datetime) -> Path:
    """A folder of its own with both checkpoints; one that was kept already is left as it is."""
    place = folder / DIVERGENCES / sha256(received.encode()).hexdigest()[:16]
    kept = {name: (folder / name).read_text(encoding="utf-8") for name in (KEPT, LOG) if (folder / name).exists()}
    told = _EXPLAINED.format(why=why, url=url, at=at)
    for name, text in {**kept, "received.checkpoint": received, "divergence.txt": told}.items():
        if not (place / name).exists():
            private_files.write(place / name, text, lasting=True)
    return place


@dataclass(frozen=True, kw_only=True)
class WitnessContact:
    """Since when a witness asks, and when it had a valid answer last."""

    began: dt.datetime
    answered: dt.datetime | None = None

    def silent(self, now: dt.datetime) -> int:
        """For how many whole days there has been no valid answer."""
        return (now - (self.answered or self.began)).days


def heard(folder: Path, *, now: dt.datetime) -> WitnessContact:
    """What is noted in a folder; from now on where nothing is. Raises LedgerError where it cannot be read."""
    path = folder / ANSWERED
    if not path.exists():
        return WitnessContact(began=now)
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        moments = {name: dt.datetime.fromisoformat(noted[name]) for name in ("began", "answered") if noted[name]}
        return WitnessContact(began=moments["began"], answered=moments.get("answered"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerError(
            "when the server answered last cannot be read.", where=str(path), next_step="Remove that file."
        ) from error


def note(folder: Path, found: WitnessContact) -> None:
    """Writes it down."""
    moments = {"began": found.began, "answered": found.answered}
    text = json.dumps({name: each.isoformat() if each else None for name, each in moments.items()})
    private_files.write(folder / ANSWERED, text + "\n", lasting=True)
