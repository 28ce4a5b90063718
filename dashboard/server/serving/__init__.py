"""The server itself: the headers of every answer, how long it waits for a client, and how many it serves at once."""
