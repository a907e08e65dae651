"""What comes in from what watches: alerts as they are read, the routes they take, the beats that are expected.

Nothing here stores or sends. `alert` reads both formats, `pattern` holds regular expressions to those
that end soon, `route` finds an alert's route, `beats` says when a sign of life is due, and
`document` is all of that as `workspace.toml` writes it.
"""
