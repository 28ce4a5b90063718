"""What committees and authorities said, and what became of it: recommendations, opinions, their answers."""
