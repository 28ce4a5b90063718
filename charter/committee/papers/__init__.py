"""What a committee writes: minutes, calendars, drafts, and their words."""
