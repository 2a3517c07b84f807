"""Markup of the demo site: three article layouts and their listings, made from the truth."""
