"""From root crops to labels: the network, its runtime, the joint rule, the share, the scorer."""
