"""Stand-ins for Slack, Datalore and Deepnote, and a page to watch them."""
