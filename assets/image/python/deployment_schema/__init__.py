"""The schema is changed while the release before serves: what the migrate step takes care of for its visitors."""
