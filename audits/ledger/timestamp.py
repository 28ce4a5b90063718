"""RFC 3161 timestamps of checkpoints, from files: an authority outside the organisation states when a root existed."""

from __future__ import annotations

import datetime as dt

from cryptography import x509

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.keys import Note


def timestamp_request(note: Note) -> bytes:
    """The request (DER, media type application/timestamp-query) for the SHA-256 of the checkpoint's text."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    asked = TimestampRequestBuilder().data(note.text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    return asked.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes()


def timestamped_at(note: Note, *, reply: bytes, authorities: bytes) -> dt.datetime:
    """Return when the authority stamped the checkpoint; `authorities` are the trusted root certificates, as PEM.

    Raises LedgerError where the reply is none, is of another text, or is not signed below a trusted certificate.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        roots = x509.load_pem_x509_certificates(authorities)
    except ValueError as error:
        raise LedgerError("there is no certificate in the file of the authority.", next_step=_ASK) from error
    try:
        response = decode_timestamp_response(reply)
    except ValueError as error:
        raise LedgerError("the reply of the authority cannot be read.", next_step=_ASK) from error
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(response, note.text.encode())
        moment = response.tst_info.gen_time
    except (VerificationError, ValueError) as error:
        raise LedgerError(
            f"the reply does not stamp this checkpoint: {str(error).split(':', maxsplit=1)[0]}.",
            next_step="Give the reply to this checkpoint, and the root certificate of the authority that made it.",
        ) from error
    return moment


_ASK = "Give the file as the authority sent it."
