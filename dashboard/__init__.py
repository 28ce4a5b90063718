"""What people touch: the command line, the Streamlit app, the PDF reports."""
