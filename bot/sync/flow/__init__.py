"""Two ways: what either side changed of a record that is in QuickBooks, and whose value stands."""
