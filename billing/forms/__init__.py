"""The forms of customers' pages about money."""
