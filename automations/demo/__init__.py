"""The demonstration school: one command opens it, plays weeks of claims on a real host, checks the answers."""
