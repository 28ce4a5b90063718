"""Judging: measures and statements become verdicts and the sentences that say why."""
