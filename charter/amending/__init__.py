"""Amending the charter: what another version says otherwise, in plain words."""
