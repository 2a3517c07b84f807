"""What a site offers (feeds, sitemaps, listings, an API, numbers) as candidate URLs: bytes in, values out."""
