"""Incidents and appeals: how grave, by when to report, what is open, what is late, and what they are held to."""
