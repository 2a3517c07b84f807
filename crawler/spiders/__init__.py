"""One file a site, declarations only."""
