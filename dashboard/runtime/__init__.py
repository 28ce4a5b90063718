"""What a process that serves pages keeps and notes: results, the state of files, who asked how often, what failed."""
