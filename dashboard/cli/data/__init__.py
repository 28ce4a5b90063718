"""Commands of systems and their data: bringing decisions in, setting rows aside, purging, keys."""
