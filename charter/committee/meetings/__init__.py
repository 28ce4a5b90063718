"""Sessions: called, opened and closed, with the notes on their items, and what the rules ask of each."""
