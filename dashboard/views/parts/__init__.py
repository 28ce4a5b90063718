"""What several pages show: parts of a page as HTML, and what each script asks of the workspace."""
