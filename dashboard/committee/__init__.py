"""The committee’s pages: who sits, what is due, its sessions and opinions."""
