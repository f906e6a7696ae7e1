"""Which hairs a person should label next: asked for, shown on a page, and put into a table."""
