"""Taking a figure along: as an image, as a table, as a link, and how to cite it; the same for every figure."""
