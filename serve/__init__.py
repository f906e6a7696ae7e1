"""The API, the page, the advice, batch scoring and the command line."""
