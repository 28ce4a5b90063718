"""Signing a ledger: with the key of the workspace, or with one that is held elsewhere."""
