"""What is held to hashes: files, archives, canonical JSON, the tree of the ledger and its signatures."""
