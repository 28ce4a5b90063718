"""Privacy: keys, pseudonyms, sealed texts, what leaves the lake and what is joined at its door."""
