"""Requests that nobody would send, to every endpoint of the API."""
