"""Drift judged: what the distances, shifts and gaps of a system come to, by the charter's own level."""
