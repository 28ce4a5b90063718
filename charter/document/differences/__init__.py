"""Documents of what differs: between two windows of a system, or between two versions of it."""
