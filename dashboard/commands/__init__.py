"""The commands, one file per family; each turns arguments into one call and its result into words."""
