"""What can be known wrong with a record before QuickBooks is asked to take it."""
