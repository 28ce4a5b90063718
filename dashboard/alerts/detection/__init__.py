"""What differs from the state looked at last, and the words that tell it."""
