"""Commands of the house: the workspace, its charter, the dashboard, access, alerts, the demo, the doctor."""
