"""Written questions of committees: asked in one tap from any figure, with who must answer and by when."""
