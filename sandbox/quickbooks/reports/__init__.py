"""Reports from the real bookings; a new one is a module and a line."""

from collections.abc import Callable, Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.reports.aging import aged_payables, aged_receivables
from sandbox.quickbooks.reports.balance_sheet import balance_sheet
from sandbox.quickbooks.reports.balances import customer_balance, vendor_balance
from sandbox.quickbooks.reports.general_ledger import general_ledger
from sandbox.quickbooks.reports.profit_and_loss import profit_and_loss
from sandbox.quickbooks.reports.transaction_list import transaction_list
from sandbox.quickbooks.reports.trial_balance import trial_balance

Report = Callable[[Company, Mapping[str, str]], Body]

ALL_REPORTS: Mapping[str, Report] = {
    "AgedPayables": aged_payables,
    "AgedReceivables": aged_receivables,
    "BalanceSheet": balance_sheet,
    "CustomerBalance": customer_balance,
    "GeneralLedger": general_ledger,
    "ProfitAndLoss": profit_and_loss,
    "TransactionList": transaction_list,
    "TrialBalance": trial_balance,
    "VendorBalance": vendor_balance,
}
