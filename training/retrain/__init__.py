"""What people's labels teach: a challenger fitted to them, the evidence for it, the decision."""
