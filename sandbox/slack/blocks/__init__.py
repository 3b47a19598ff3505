"""Block Kit as the documentation describes it: tables of what each block may hold."""
