"""Commands of a workspace: its charter, the dashboard, access, alerts, the demo, the doctor."""
