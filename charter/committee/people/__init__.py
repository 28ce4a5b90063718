"""Who sits on a committee, and the names behind the numbers of its members."""
