"""What a contributor writes: resources, facets, derived values and checks, as data and pure functions."""
