"""What is asked of a committee and by it: referrals, hearings, questions, and those that came between two sessions."""
