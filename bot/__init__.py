"""Threadbook: a Slack bot that runs data notebooks."""
