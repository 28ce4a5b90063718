"""Incidents and appeals in words, and what other pages say of them."""
