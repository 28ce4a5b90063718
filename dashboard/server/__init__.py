"""Who somebody is and may do, forms, what listens and what every answer bears, and what a running process keeps."""
