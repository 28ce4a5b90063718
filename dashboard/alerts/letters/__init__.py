"""A message as people and programs get it: as text, as HTML, as JSON."""
