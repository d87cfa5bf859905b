"""All words that people see, and their blocks. Pure: state in, Block Kit and fallback text out."""
