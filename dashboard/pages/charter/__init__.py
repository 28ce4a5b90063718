"""The page of the charter: the text in force, its versions, and what another one would change."""
