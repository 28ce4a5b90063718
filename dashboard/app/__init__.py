"""What stands around every page: the script that Streamlit runs, menu, foot, server, and what browsers load."""
