"""Every vouched-for fact as signed bytes: credential, leaf and row in one step."""
