"""The page of drift, and Evidently's report on two periods."""
