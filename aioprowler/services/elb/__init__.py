"""Elastic Load Balancing, Classic Load Balancers."""
