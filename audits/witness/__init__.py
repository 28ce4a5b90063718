"""Somebody outside who checks a ledger from day to day: on a machine of their own, without the workspace."""
