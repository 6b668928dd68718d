"""What all programs use."""
