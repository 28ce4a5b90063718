"""Letters: what concerns a member or secretary, by e-mail to them alone, once a day unless it cannot wait."""
