"""The only room that speaks Slack: listeners in, the courier out."""
