"""Press sites served over HTTP as a truth file has them at the played moment.

Three kinds of pages (a portal that republishes, WordPress, plain HTML), each site on a loopback address of
its own with RSS, Atom, sitemap index, news sitemap, sections with pages, robots.txt, ETag, Last-Modified and
gzip.
"""
