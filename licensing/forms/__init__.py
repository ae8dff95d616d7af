"""What people write into the pages of licensing."""
