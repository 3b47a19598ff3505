"""Names of programs and services: which are not QuickBooks, and which work for it.

A text that names one of the first and not QuickBooks tells of that program. The others carry
records to QuickBooks, so the troubles they report are mostly QuickBooks'.
"""

import re

# Shops, payments, accounting, other business software; then messages and documents; then data,
# machines and the tools of programmers; then what else sends messages.
_OTHERS = frozenset(
    re.findall(
        r"[\w.]+",
        """
    stripe xero shopify netsuite intacct salesforce hubspot freshbooks myob zoho wave accountright
    sage odoo square erpnext frappe plaid paypal workday sap concur coupa ariba adp paychex rippling
    deel recurly chargebee zuora braintree adyen klarna avalara taxjar vertex chargify paddle
    gocardless worldpay wepay payoneer revolut bigcommerce woocommerce magento prestashop ebay etsy
    amazon walmart airbnb uber doordash kajabi squarespace wix webflow hmrc mtd elster datev fortnox
    visma freeagent kashflow tally lexoffice lexware bexio holded sevdesk pennylane
    beancount hledger gnucash
    mailchimp sendgrid mailgun klaviyo twilio zendesk intercom freshdesk servicenow jira confluence
    trello asana clickup notion airtable basecamp figma canva miro slack zoom webex gmail outlook
    docusign dropbox onedrive sharepoint evernote marketo pipedrive activecampaign typeform calendly
    surveymonkey google googleapis facebook instagram twitter linkedin openai azure microsoft
    aws amazonaws heroku vercel netlify cloudflare cloudfront datadog sentry grafana prometheus
    splunk pagerduty okta auth0 ldap kerberos saml firebase rekognition lambda ec2 cloudwatch
    mysql mariadb sqlite oracle sqlclient db2 cassandra dynamodb redis memcached kafka rabbitmq
    celery elasticsearch solr lucene snowflake bigquery databricks clickhouse hibernate sequelize
    prisma knex rsql dbnetlib kubernetes kubectl helm docker terraform ansible github gitlab
    bitbucket jenkins circleci tomcat npm yarn pip cargo gradle maven webpack vite gcc clang git
    svn systemd kernel segfault windows linux ubuntu macos android vmware citrix cisco fortinet
    photoshop powerpoint excel tableau powerbi looker snaplogic mulesoft printer minecraft steam
    playstation wordpress drupal joomla discourse netflix spotify fedex usps dhl
    """,
    )
)
# Those of them that keep books themselves: what they say is of their own books.
_WITH_BOOKS = frozenset(
    re.findall(
        r"[\w.]+",
        """
    xero netsuite intacct freshbooks myob zoho wave accountright sage odoo erpnext frappe workday
    sap fortnox visma freeagent kashflow tally lexoffice lexware bexio holded sevdesk pennylane
    datev oracle beancount hledger gnucash
    """,
    )
)
_FAMILIES = re.compile(
    r"(?<![\w@.])(?:postgres|psycopg|asyncpg|pymongo|mongo|suitescript|sqlserver|aadsts\d"
    r"|business central"
    r"|dynamics 365|power bi|exact online|irs\.gov)"
)
_CONNECTORS = frozenset(
    re.findall(
        r"[\w.]+",
        """
    a2x synder webgility myworks servicecore expensify emburse brex dext hubdoc saasant taxdome cin7
    codat rutter fyle avidxchange melio tipalti airbase divvy routable jobber servicetitan procore
    buildertrend knowify leanlaw clio commercient dbsync skyvia connex fishbowl unleashed
    easyquickimport bill.com housecall
    """,
    )
)
# Of those whose name has two words, each of which means something else alone.
_NAMED_TWICE = re.compile(r"(?<![\w@.])(?:rapid inventory|dear inventory)\b")
_NAME = re.compile(r"(?<![\w@.])[a-z][a-z0-9]+(?:\.com\b)?")
# What a record is called is no program: account 'Amazon Fees'.
_OF_RECORD = re.compile(
    r"\b(?:account|item|product|customer|vendor|supplier|class|payee) "
    r"(?:\"[^\"]{1,80}\"|'[^']{1,80}')"
)
# What a tool that works for QuickBooks puts in quotes is a name in its books.
_QUOTED = re.compile(r"\"[^\"]{1,80}\"|(?<!\w)'[^']{1,80}'(?!\w)")

_QUICKBOOKS = re.compile(r"quick ?books|\bqb[od]?\b")


def names_other(low: str) -> bool:
    """Say whether a text in small letters names a product that is not QuickBooks."""
    low = (_QUOTED if names_connector(low) else _OF_RECORD).sub(" ", low)
    return not _OTHERS.isdisjoint(_NAME.findall(low)) or _FAMILIES.search(low) is not None


def keeps_books(low: str) -> bool:
    """Say whether it names another product with books of its own."""
    return not _WITH_BOOKS.isdisjoint(_NAME.findall(low)) or _FAMILIES.search(low) is not None


def is_of_other_books(text: str) -> bool:
    """Say whether it tells of another product's books and does not name QuickBooks."""
    low = text.lower()
    return keeps_books(low) and not _QUICKBOOKS.search(low)


def names_connector(low: str) -> bool:
    """Say whether it names a tool that carries records to QuickBooks."""
    return not _CONNECTORS.isdisjoint(_NAME.findall(low)) or _NAMED_TWICE.search(low) is not None
