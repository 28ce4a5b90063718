"""What is said of a question of the charter and its answer: its wording, levels, small print, what was left out."""
