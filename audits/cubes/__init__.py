"""The cubes: small integer tables of counts from which every measure is computed."""
