"""The page of a system: every question of the charter, its answer and its evidence."""
