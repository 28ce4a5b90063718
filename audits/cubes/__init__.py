"""The cubes: small integer tables of counts from which every measure is computed, kept in step with the decisions."""
