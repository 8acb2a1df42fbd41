"""Papers and sheets: data in, bytes out."""
