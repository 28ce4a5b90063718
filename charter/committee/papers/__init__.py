"""What a committee writes: minutes, drafts, and their words."""
