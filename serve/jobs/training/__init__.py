"""Teaching the model from the page: a training of its own process on the labels that are kept.

All that is known of it lies in its folder, so that any server on the same disk answers alike.
"""
