"""Labels in: what people say of root ends, read from their own files, checked, and split."""
