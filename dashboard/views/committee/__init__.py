"""A committee as pages see it, on a day: who sits, what is due, its evidence, its words."""
