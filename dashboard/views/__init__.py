"""What pages, reports, the API and alerts say, as plain data; `store` keeps what was read between two looks."""
