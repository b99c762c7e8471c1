"""Elastic Kubernetes Service."""
