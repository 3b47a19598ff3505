"""What the books hold already: documents handed over a second time, under another external id.

Read from the mirror. Payments are looked for in QuickBooks itself too: people enter them by hand.
An equal one is not always a double: what has a number, a reference or an invoice of its own is
another one; where nothing tells them apart a person does.
"""
