"""The page of the register: every use of AI, how far each is examined."""
