"""What a workspace is set to, in plain words: no secret is read further than its fingerprint."""
