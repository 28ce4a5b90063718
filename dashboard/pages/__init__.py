"""The pages of the menu, one folder each, named like its address: none imports another."""
