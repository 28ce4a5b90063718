"""Files that records rest on: documents and attachments, each kept under its SHA-256."""
