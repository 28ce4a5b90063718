"""The command line: its commands, what they print, the demo, the doctor, and the schemas of what is written."""
