"""What is known of the texts that systems write, and what nobody has examined yet."""
