"""One decision explained to the person concerned, in words: the four elements of French law (CRPA R.311-3-1-2)."""
