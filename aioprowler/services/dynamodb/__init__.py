"""Amazon DynamoDB, and DAX, the cache before it."""
