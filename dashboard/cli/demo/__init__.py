"""The demo from end to end: data, audits, a committee that meets, a report."""
