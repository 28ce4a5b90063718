"""What the ledger holds, looked up and in words."""
