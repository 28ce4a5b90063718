"""The page of evidence: what is sealed, one entry and its proof, files to check."""
