"""Speed, beside peers, on the same file in the same run: `make bench`."""
