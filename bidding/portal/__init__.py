"""The pages that belong to no single domain: home, guide, roles."""
