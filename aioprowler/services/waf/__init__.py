"""AWS WAF Classic, global and regional."""
