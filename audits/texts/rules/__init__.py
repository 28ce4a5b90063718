"""The rules that ship, as data: one YAML file for each criterion, and the words that they share."""
