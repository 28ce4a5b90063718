"""What became of opinions and recommendations, as data and in words."""
