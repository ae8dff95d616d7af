"""What things cost, and getting paid."""
