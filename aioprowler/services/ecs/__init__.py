"""Elastic Container Service."""
