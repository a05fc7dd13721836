"""Whether the code of one release can work with what the migrations of another one make of the database."""
