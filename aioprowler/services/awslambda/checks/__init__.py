"""How Lambda functions and layers are judged."""
