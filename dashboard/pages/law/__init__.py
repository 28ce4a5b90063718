"""The page of the law: each provision, and what answers to it."""
