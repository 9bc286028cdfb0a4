"""The local web page of `monitor serve`.

`app` has the table of routes, `security` the checks of requests, `api` the JSON API; the other modules are groups of
pages.
"""
