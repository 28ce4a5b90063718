"""The page of one draft of an opinion."""
