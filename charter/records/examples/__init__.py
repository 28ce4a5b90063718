"""Redacted examples of texts: read before they are released, shown until a day, erased with their originals."""
