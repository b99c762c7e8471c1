"""Amazon API Gateway: HTTP and WebSocket APIs, and their stages."""
