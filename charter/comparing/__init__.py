"""A candidate compared with the version in production."""
