"""The local web page of `monitor serve`: routes over the queries of `runs` and the views of `reports`.

`app` has the table of routes, `guard` what a request must fulfil; one file a group of pages, `api` the same as JSON.
"""
