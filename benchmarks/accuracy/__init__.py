"""How right the reader is: labelled pages in, figures out, and floors that they may not fall below."""
