"""From what a site offers (feeds, sitemaps, listings) to candidate URLs. No network, no database, no Scrapy."""
