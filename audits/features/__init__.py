"""Exploring without sensitive features: what ordinary features tell of groups, where selection is lowest, samples."""
