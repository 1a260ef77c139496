"""What stands guard over the tables, on the real engine and the memory host."""
