"""Comments in the margin of a draft or of an answer, read by the committee that writes them and by nobody else."""
