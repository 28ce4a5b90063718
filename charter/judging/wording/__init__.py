"""The sentences that say a verdict in plain words, from its numbers."""
