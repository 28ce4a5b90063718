"""Effects on work: what surveys say and how that moves, consultations, time saved, training."""
