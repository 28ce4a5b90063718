"""Drafts of opinions, written together: whoever saves after somebody else is told, and both texts stay."""
