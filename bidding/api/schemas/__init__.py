"""What goes in and comes out, as the document tells it."""
