"""Reports from the real bookings; a new one is a module and a line."""

from collections.abc import Callable, Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.reports.aging import aged_payables, aged_receivables
from sandbox.quickbooks.reports.balance_sheet import balance_sheet
from sandbox.quickbooks.reports.balances import customer_balance, vendor_balance
from sandbox.quickbooks.reports.cash_flow import cash_flow
from sandbox.quickbooks.reports.general_ledger import general_ledger, profit_and_loss_detail
from sandbox.quickbooks.reports.open_documents import (
    aged_payable_detail,
    aged_receivable_detail,
    customer_balance_detail,
    vendor_balance_detail,
)
from sandbox.quickbooks.reports.parties import (
    customer_income,
    customer_sales,
    inventory_valuation,
    item_sales,
    vendor_expenses,
)
from sandbox.quickbooks.reports.profit_and_loss import profit_and_loss
from sandbox.quickbooks.reports.transaction_list import transaction_list
from sandbox.quickbooks.reports.trial_balance import trial_balance

Report = Callable[[Company, Mapping[str, str]], Body]

ALL_REPORTS: Mapping[str, Report] = {
    "AgedPayableDetail": aged_payable_detail,
    "AgedPayables": aged_payables,
    "AgedReceivableDetail": aged_receivable_detail,
    "AgedReceivables": aged_receivables,
    "BalanceSheet": balance_sheet,
    "CashFlow": cash_flow,
    "CustomerBalance": customer_balance,
    "CustomerBalanceDetail": customer_balance_detail,
    "CustomerIncome": customer_income,
    "CustomerSales": customer_sales,
    "GeneralLedger": general_ledger,
    "InventoryValuationSummary": inventory_valuation,
    "ItemSales": item_sales,
    "ProfitAndLoss": profit_and_loss,
    "ProfitAndLossDetail": profit_and_loss_detail,
    "TransactionList": transaction_list,
    "TrialBalance": trial_balance,
    "VendorBalance": vendor_balance,
    "VendorBalanceDetail": vendor_balance_detail,
    "VendorExpenses": vendor_expenses,
}
