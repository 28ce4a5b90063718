"""What the ledger notes beside records: rows discarded, runs excluded, what was removed, who checked from outside."""
