"""Telling people, by e-mail and webhook, when a verdict or a drift status changes: once for each change."""
