"""Committees: their members, sessions, votes and opinions, held to their own rules and sealed in the ledger."""
