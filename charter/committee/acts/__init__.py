"""What a session does: it meets, ballots, freezes its pack, issues its opinions, each held to the rules."""
