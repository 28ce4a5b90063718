"""Figures computed a second time, from rows or from the counts that a document tells."""
