const digitsOf = (text) => text.replace(/\D/g, '')

const brands = [
  ['visa', /^4/],
  ['mastercard', /^(5[1-5]|2[2-7])/],
  ['amex', /^3[47]/],
  ['discover', /^6(011|4|5)/],
  ['diners', /^3[0689]/],
  ['jcb', /^35/],
  ['unionpay', /^62/],
]

export const brandOf = (number) => brands.find(([, start]) => start.test(digitsOf(number)))?.[0] ?? 'unknown'

function passesLuhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

const wrong = (code, message) => ({ type: 'validation_error', code, message })

function checkNumber(text) {
  const digits = digitsOf(text)
  const full = { amex: 15, diners: 14, unionpay: 16 }[brandOf(digits)] ?? 16
  if (digits.length < full) return wrong('incomplete_number', 'Your card number is incomplete.')
  return passesLuhn(digits) ? undefined : wrong('invalid_number', 'Your card number is invalid.')
}

/** `12 / 34` -> `{ exp_month: 12, exp_year: 34 }` */
export function readExpiry(text) {
  const digits = digitsOf(text)
  return { exp_month: Number(digits.slice(0, 2)), exp_year: Number(digits.slice(2)) }
}

function checkExpiry(text) {
  const { exp_month, exp_year } = readExpiry(text)
  if (digitsOf(text).length !== 4 || exp_month < 1 || exp_month > 12)
    return wrong('incomplete_expiry', "Your card's expiration date is incomplete.")
  const today = new Date()
  const year = 2000 + exp_year
  const isPast = year < today.getFullYear() || (year === today.getFullYear() && exp_month <= today.getMonth())
  return isPast ? wrong('invalid_expiry_year_past', "Your card's expiration year is in the past.") : undefined
}

const atLeast = (length, code, message) => (text) =>
  text.replace(/\s/g, '').length < length ? wrong(code, message) : undefined

const groupsOf = (size) => (text) =>
  digitsOf(text)
    .slice(0, 19)
    .replace(new RegExp(`(\\d{${size}})(?=\\d)`, 'g'), '$1 ')

function formatExpiry(text) {
  const digits = digitsOf(text)
  const padded = /^[2-9]/.test(digits) ? `0${digits}` : digits
  const year = padded.slice(2, 6)
  return year === '' ? padded : `${padded.slice(0, 2)} / ${year.length === 4 ? year.slice(2) : year}`
}

const asIs = (text) => text

/** What a field is called in Stripe's two forms: names are part of what people's own browser tests use. */
export const fieldKinds = {
  number: {
    label: 'Card number',
    placeholder: '1234 1234 1234 1234',
    autocomplete: 'cc-number',
    format: groupsOf(4),
    check: checkNumber,
    isNumeric: true,
  },
  expiry: {
    label: 'Expiration date',
    placeholder: 'MM / YY',
    autocomplete: 'cc-exp',
    format: formatExpiry,
    check: checkExpiry,
    isNumeric: true,
  },
  cvc: {
    label: 'Security code',
    placeholder: 'CVC',
    autocomplete: 'cc-csc',
    format: (text) => digitsOf(text).slice(0, 4),
    check: atLeast(3, 'incomplete_cvc', "Your card's security code is incomplete."),
    isNumeric: true,
  },
  postal: {
    label: 'ZIP code',
    placeholder: '12345',
    autocomplete: 'postal-code',
    format: asIs,
    check: atLeast(3, 'incomplete_zip', 'Your postal code is incomplete.'),
  },
  country: {
    label: 'Country',
    options: {
      US: 'United States',
      AU: 'Australia',
      AT: 'Austria',
      BE: 'Belgium',
      BR: 'Brazil',
      CA: 'Canada',
      FR: 'France',
      DE: 'Germany',
      IN: 'India',
      IE: 'Ireland',
      IT: 'Italy',
      JP: 'Japan',
      MX: 'Mexico',
      NL: 'Netherlands',
      ES: 'Spain',
      SE: 'Sweden',
      CH: 'Switzerland',
      GB: 'United Kingdom',
    },
  },
  name: {
    label: 'Full name',
    autocomplete: 'name',
    format: asIs,
    check: atLeast(1, 'incomplete_name', 'Your name is incomplete.'),
  },
  line1: {
    label: 'Address line 1',
    placeholder: 'Street address',
    autocomplete: 'address-line1',
    format: asIs,
    check: atLeast(1, 'incomplete_address', 'Your address is incomplete.'),
  },
  line2: {
    label: 'Address line 2',
    placeholder: 'Apt., suite, unit number, etc. (optional)',
    autocomplete: 'address-line2',
    format: asIs,
  },
  city: {
    label: 'City',
    autocomplete: 'address-level2',
    format: asIs,
    check: atLeast(1, 'incomplete_address', 'Your address is incomplete.'),
  },
  state: { label: 'State', autocomplete: 'address-level1', format: asIs },
  phone: {
    label: 'Phone number',
    autocomplete: 'tel',
    format: asIs,
    check: atLeast(4, 'incomplete_phone_number', 'Your phone number is incomplete.'),
  },
  optionalPhone: { label: 'Phone number (optional)', autocomplete: 'tel', format: asIs },
  email: {
    label: 'Email',
    autocomplete: 'email',
    format: asIs,
    check: (text) =>
      /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text) ? undefined : wrong('incomplete_email', 'Your email is incomplete.'),
  },
  routing: {
    label: 'Routing number',
    placeholder: '110000000',
    format: (text) => digitsOf(text).slice(0, 9),
    check: atLeast(9, 'incomplete_routing_number', 'Your routing number is incomplete.'),
    isNumeric: true,
  },
  account: {
    label: 'Account number',
    placeholder: '000123456789',
    format: (text) => digitsOf(text).slice(0, 17),
    check: atLeast(4, 'incomplete_account_number', 'Your account number is incomplete.'),
    isNumeric: true,
  },
  iban: {
    label: 'IBAN',
    placeholder: 'AT61 1904 3002 3457 3201',
    format: asIs,
    check: atLeast(15, 'incomplete_iban', 'Your IBAN is incomplete.'),
  },
}
