"""The charter as text: its model, how it is read and checked, what its questions can ask."""
