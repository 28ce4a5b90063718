"""What stands around every page: the script that Streamlit runs, the menu, the foot, and what browsers load."""
