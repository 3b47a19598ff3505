"""Systems that hand records over in their own way: their webhooks, and those that are read."""
