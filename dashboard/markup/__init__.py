"""HTML that is safe by construction, and what stands in it: marks, fonts, the glossary and its links."""
