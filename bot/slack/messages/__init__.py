"""What is said in threads, and to one person. Pure."""
