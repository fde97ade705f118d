"""Filter files: what says where messages are to go."""
