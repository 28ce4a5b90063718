"""What concerns somebody: sessions, votes, answers, minutes, opinions, verdicts, incidents, what is due; as data."""
