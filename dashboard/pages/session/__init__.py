"""The page of one session: its agenda, evidence, presence, decisions and minutes."""
