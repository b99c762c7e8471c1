"""How keys are judged."""
