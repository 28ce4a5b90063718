"""Counts: what an audit reads of a window, from the cubes or the rows, and what must stay out of it."""
