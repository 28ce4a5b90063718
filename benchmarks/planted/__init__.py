"""What audits find of each effect that the demo plants, and what they say where nothing is planted."""
