"""Audits under the charter: made, judged, published, and computed again from what was sealed."""
