"""The page of a plan: how many decisions it takes until a question can be answered, and how long they take to come."""
