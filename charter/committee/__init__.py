"""A committee's house: its members, sessions, votes and opinions, held to its own rules and sealed in the ledger."""
