"""Licences: what each means in units, who consumes them, and where they stop."""
