"""Amazon API Gateway: REST APIs, their stages, and custom domain names."""
