"""The API: what pages say, as JSON to read. FastAPI makes routes, checks and the OpenAPI document from types."""
