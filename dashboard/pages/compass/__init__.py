"""The first page: what awaits whoever looks, what changed, and where the charter is kept, where not."""
