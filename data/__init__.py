"""Photos, the hairs in them, root crops, data sets and the rendering of training hairs."""
