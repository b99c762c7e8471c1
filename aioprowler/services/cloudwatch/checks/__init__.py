"""How alarms, log groups and metric filters are judged."""
