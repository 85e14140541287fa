"""GS1 keys as values, application identifiers, element strings and Digital Links."""
