"""The same text whatever the name: requests that differ in one thing, and what the texts written for them differ in."""
