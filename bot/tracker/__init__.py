"""What is true: platforms' answers in, rows out. Knows no Slack."""
