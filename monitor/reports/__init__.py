"""Reports, and what all outputs share: words, views and the JSON of a change."""
