"""What pages and charts say: the catalogue of each language, the addresses of pages, their menu."""
