"""Who is told of what: hears every domain's news, and reminds people of what comes near."""
