"""The register of uses as data: its rows, its words, what is asked of it, what is due."""
