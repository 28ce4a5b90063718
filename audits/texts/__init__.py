"""Texts that systems write: what is wrong with their wording, found by rules, without any language model."""
