"""Commands of the ledger: checkpoints, what it holds, witnesses outside."""
