"""The page of what concerns whoever looks: what is new, what they have seen, and whether it comes by e-mail."""
