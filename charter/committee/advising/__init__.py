"""Opinions and recommendations: issued, published, answered, and what became of them."""
