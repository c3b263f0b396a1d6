import { readExpiry } from './fields.js'

/** The forms: which fields, under which names, and the payment method that comes of them. */
export const forms = {
  card: {
    title: 'Secure card payment input frame',
    isCompact: true,
    fields: { cardnumber: 'number', 'exp-date': 'expiry', cvc: 'cvc', postal: 'postal' },
  },
  cardNumber: { title: 'Secure card number input frame', isCompact: true, fields: { cardnumber: 'number' } },
  cardExpiry: { title: 'Secure expiration date input frame', isCompact: true, fields: { 'exp-date': 'expiry' } },
  cardCvc: { title: 'Secure CVC input frame', isCompact: true, fields: { cvc: 'cvc' } },
  payment: { title: 'Secure payment input frame', fields: {} },
  linkAuthentication: {
    title: 'Secure email input frame',
    fields: { email: 'email' },
    startOf: ({ defaultValues = {} }) => ({ email: defaultValues.email }),
    describe: (values) => ({ value: { email: values.email } }),
  },
  address: {
    title: 'Secure address input frame',
    fieldsFor: addressFields,
    startOf: ({ defaultValues: { address, ...rest } = {} }) => ({
      name: rest.name,
      phone: rest.phone,
      optionalPhone: rest.phone,
      postal: address?.postal_code,
      ...address,
    }),
    describe: (values, { mode }) => ({ elementMode: mode, isNewAddress: true, value: contactOf(values) }),
  },
}

function addressFields({ fields = {}, validation = {} }) {
  const phone = { always: validation.phone?.required === 'never' ? 'optionalPhone' : 'phone' }[fields.phone]
  return {
    ...(fields.name !== 'never' && { name: 'name' }),
    country: 'country',
    addressLine1: 'line1',
    addressLine2: 'line2',
    locality: 'city',
    administrativeArea: 'state',
    postalCode: 'postal',
    ...(phone && { phone }),
  }
}

/** Who lives where, as the change event of an Address Element and the API have it. */
export function contactOf({ city, country, line1, line2, name, optionalPhone, phone = optionalPhone, postal, state }) {
  return {
    name,
    address: { line1, line2: line2 || null, city, state, postal_code: postal, country },
    ...(phone !== undefined && { phone }),
  }
}

/** What the Payment Element asks for, by type of payment method. */
export const paymentTypes = {
  card: {
    label: 'Card',
    fields: { number: 'number', expiry: 'expiry', cvc: 'cvc', country: 'country', postalCode: 'postal' },
  },
  us_bank_account: {
    label: 'US bank account',
    fields: { name: 'name', email: 'email', routingNumber: 'routing', accountNumber: 'account' },
  },
  sepa_debit: { label: 'SEPA Debit', fields: { name: 'name', email: 'email', iban: 'iban' } },
}

/** Countries whose cards come with a postal code. */
export const withPostalCode = ['US', 'CA', 'GB']

/** The values of card fields, from one element or several, as the API takes a card. */
export function cardOf(values) {
  return { number: values.number, ...readExpiry(values.expiry ?? ''), cvc: values.cvc }
}

/** What the Payment Element's values mean; `more` is what the page knows itself. */
export function paymentMethodData(type, values, more = {}) {
  const address = { country: values.country, postal_code: values.postal, ...more.billing_details?.address }
  const billing_details = { name: values.name, email: values.email, ...more.billing_details, address }
  const details = {
    card: () => cardOf(values),
    us_bank_account: () => ({
      account_number: values.account,
      routing_number: values.routing,
      account_holder_type: 'individual',
    }),
    sepa_debit: () => ({ iban: values.iban.replace(/\s/g, '') }),
  }
  return { ...more, type, [type]: details[type](), billing_details }
}
