"""Privacy: keys, pseudonyms, sealed texts, groups whose legal basis ended, the note of what left."""
