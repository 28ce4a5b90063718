"""The page of reports: those there are, how each is checked, and a new one, which is made while people go on."""
