"""What the database will be asked to do by a migration, forwards and backwards."""
