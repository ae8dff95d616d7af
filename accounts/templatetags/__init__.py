"""What pages about people say in their own way."""
