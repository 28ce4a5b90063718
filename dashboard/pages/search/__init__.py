"""Search over everything that pages show: each person finds what their role may see."""
