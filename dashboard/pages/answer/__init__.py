"""The page of one answer: a sentence, a picture, how it has moved, what was promised, done, and is not known."""
