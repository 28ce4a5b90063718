"""Every technical word of the pages in one or two plain sentences: the words, their page, and the links to them."""
