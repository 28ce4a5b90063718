"""The first page for whoever looks: what waits for them, and what changed since their committee met last."""
