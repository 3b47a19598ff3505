"""How long QuickBooks takes a text, and which characters a name must not hold.

Rules: developer.intuit.com, API reference of the single entities.
"""

NAME_MARKS = ":\t\r\n"
ITEM_MARKS = NAME_MARKS + '"'
# The reference says 500 for a customer or vendor; some companies' QuickBooks take 100 only.
LONGEST_PARTY = 500
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 4000
LONGEST_PHONE = 30
LONGEST_ACCOUNT_NUMBER = 20
LONGEST_NUMBER = 21
# PaymentRefNum; what is longer goes into the memo, whole.
LONGEST_REFERENCE = 21
LONGEST_NOTES = 2000
# PrivateNote.
LONGEST_MEMO = 4000
