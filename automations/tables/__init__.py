"""Where tables live: memory, NocoDB, Baserow behind one interface."""
