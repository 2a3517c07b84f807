"""An invented press site on loopback: the offline default, and what the crawl tests crawl."""
