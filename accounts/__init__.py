"""Who is here: accounts, their people, what they may see, and every letter."""
