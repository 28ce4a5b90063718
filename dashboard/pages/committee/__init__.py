"""The page of a committee: who sits, what is due, its sessions, matters and opinions."""
