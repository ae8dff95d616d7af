"""Pages about people: what each shows and what it asks of the verbs."""
