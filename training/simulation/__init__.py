"""What labels teach, tried out on rendered hairs whose truth plays the person."""
