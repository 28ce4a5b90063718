"""The pseudonyms of one column with Python's own `hmac`, in batches, into a Parquet file; nothing else is done."""

from __future__ import annotations

import hmac
import sys

import pyarrow as pa
import pyarrow.parquet as pq

KEY = b"k" * 32


def main() -> None:
    """HMAC-SHA-256 cut to 128 bits, as an import writes it."""
    source = pq.ParquetFile(sys.argv[1])
    with pq.ParquetWriter(sys.argv[2], pa.schema([("decision_id", pa.string())])) as writer:
        for batch in source.iter_batches(columns=["decision_id"]):
            names = [hmac.digest(KEY, name.encode(), "sha256").hex()[:32] for name in batch.column(0).to_pylist()]
            writer.write_batch(pa.record_batch([pa.array(names)], names=["decision_id"]))


if __name__ == "__main__":
    main()
