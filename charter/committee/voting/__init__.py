"""Who is present, what makes a quorum, and how votes are counted, annulled and told."""
