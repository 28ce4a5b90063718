"""Who outside has checked the ledger: a line at the foot of every page, and the details on the evidence page."""
