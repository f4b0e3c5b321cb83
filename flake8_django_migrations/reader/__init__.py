"""From a migration's source to plain data; the only users of ast and astroid."""
