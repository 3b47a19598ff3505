"""Other people's QuickBooks clients, with their own live tests, against the local QuickBooks."""
