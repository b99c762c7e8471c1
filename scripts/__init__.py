"""What contributors run: what is made from declarations, and the beginnings of a check."""
