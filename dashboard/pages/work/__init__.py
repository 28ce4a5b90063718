"""The page of effects on work: what agents answer, whether they were trained, what time was saved and where it went."""
