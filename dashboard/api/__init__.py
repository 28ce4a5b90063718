"""The API: what pages say, as JSON to read. One table of endpoints makes the routes and their OpenAPI document."""
