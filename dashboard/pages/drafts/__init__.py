"""The page of the drafts of a committee."""
