// The configuration file of node-quickbooks' tests: the keys and the address, from outside.
require('./index').V3_ENDPOINT_BASE_URL = process.env.QBO_COMPANY_URL;

module.exports = {
  consumerKey: process.env.QBO_CLIENT_ID,
  consumerSecret: process.env.QBO_CLIENT_SECRET,
  token: process.env.QBO_ACCESS_TOKEN,
  tokenSecret: false,
  realmId: process.env.QBO_REALM_ID,
  useSandbox: true,
  debug: false,
  testEmail: 'someone@example.com',
  minorversion: 75,
  oauthversion: '2.0'
};
