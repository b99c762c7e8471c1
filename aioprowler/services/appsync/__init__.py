"""AWS AppSync: GraphQL APIs."""
