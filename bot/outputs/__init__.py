"""What notebooks said: documents in, outputs out. Pure, and bounded whatever the document holds."""
