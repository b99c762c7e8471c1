"""Vocabularies that checks share: pure functions that judge a fact and say it in the same words everywhere."""
