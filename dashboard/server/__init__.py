"""The server: what it serves beside the app, what stands before every answer, and how long it waits for whom."""
