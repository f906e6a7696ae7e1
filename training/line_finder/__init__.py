"""Training of the network that sees where hairs run."""
