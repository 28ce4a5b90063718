"""Personal data in French texts: found by checked patterns and a model of names, replaced by its kind."""
