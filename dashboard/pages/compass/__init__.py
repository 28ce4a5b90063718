"""The first page: where the charter is kept, where not, where nobody knows."""
