"""What people state, as models: each says its fields, labels, command and form; kinds lists them all."""
