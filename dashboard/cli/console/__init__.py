"""What every command uses: how it asks who may, reads its arguments, prints, writes files and ends."""
