import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecrets } from '../../src/kernel/secrets.ts'

const value = 'p@ss/w+rd ="x"&<é>9Z'
const bytes = Buffer.from(value)
const base64 = (text: string) => Buffer.from(text).toString('base64')
const everyCharacter = (text: string, encode: (byte: number) => string) => [...Buffer.from(text)].map(encode).join('')
const hexByte = (byte: number) => byte.toString(16).padStart(2, '0')

const forms: Record<string, string> = {
  plain: value,
  'base64 at the first position': base64(value),
  'base64 at the second position': base64(`x${value}`),
  'base64 at the third position': base64(`xy${value}`),
  'base64 in the middle of more': base64(`before ${value} after`),
  'base64url without padding': Buffer.from(`u:${value}`).toString('base64url'),
  'password of a basic-auth pair': base64(`alice:${value}`),
  'user of a basic-auth pair': base64(`${value}:`),
  'base64 wrapped at 16 columns': base64(`xx${value}${value}`).replace(/(.{16})/g, '$1\r\n  '),
  'base64 in a URL': encodeURIComponent(base64(`xy${value}?>?>`)),
  'base64 in JSON with escaped slashes': JSON.stringify(base64(`xy${value}`)).replaceAll('/', '\\/'),
  'hex, lower case': bytes.toString('hex'),
  'hex, upper case': bytes.toString('hex').toUpperCase(),
  'URL-encoded': encodeURIComponent(value),
  'URL-encoded with lower-case escapes': encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  'form-encoded, + for space': new URLSearchParams({ value }).toString(),
  'URL-encoded in part': value.replace('/', '%2f').replace('9', '%39'),
  'URL-encoded in full': everyCharacter(value, (byte) => `%${hexByte(byte)}`),
  'URL-encoded twice': encodeURIComponent(encodeURIComponent(value)),
  'HTML, named': value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replace('/', '&sol;'),
  'HTML, decimal': [...value].map((letter) => `&#${letter.codePointAt(0)};`).join(''),
  'HTML, hex': [...value].map((letter) => `&#x${letter.codePointAt(0)?.toString(16)};`).join(''),
  JSON: JSON.stringify(value),
  'JSON with escaped slashes': JSON.stringify(value).replaceAll('/', '\\/'),
  'JSON with \\u002f and \\u00e9': JSON.stringify(value).replaceAll('/', '\\u002f').replaceAll('é', '\\u00E9'),
  'JSON inside JSON': JSON.stringify({ body: JSON.stringify({ value }) }),
  'JavaScript \\x escapes': everyCharacter(value, (byte) => `\\x${hexByte(byte)}`),
  'broken over two lines': `${value.slice(0, 8)}\n    ${value.slice(8)}`,
}

for (const [name, form] of Object.entries(forms)) {
  test(`a registered value is hidden and found: ${name}`, () => {
    const secrets = createSecrets()
    secrets.add('API_KEY', value)
    const text = `héllo <<${form}>> end`

    const redacted = secrets.redact(text)

    assert.match(redacted, /^héllo <<.{0,40}\[redacted:API_KEY\].*>> end$/s)
    assert.ok(!redacted.includes(form))
    assert.equal(secrets.sweep(text)[0]?.name, 'API_KEY')
    assert.deepEqual(secrets.sweep(redacted), [])
    assert.equal(secrets.redact(redacted), redacted)
  })
}

for (const name of [
  'plain',
  'base64 at the first position',
  'hex, lower case',
  'URL-encoded in full',
  'HTML, decimal',
]) {
  test(`what a cut has left of a registered value is hidden: ${name}`, () => {
    const secrets = createSecrets()
    secrets.add('API_KEY', `${value}${value.toUpperCase()}`)
    const whole = forms[name]!.slice(0, -3)
    const [before, after] = [whole, forms[name]!.slice(3)]

    for (const text of [`said ${before}… (9 more)`, `said ${before}`, `"${before}…" and more`])
      assert.match(secrets.redact(text), /^(?:said |")\[redacted:API_KEY\]/, text)
    const tail = createSecrets()
    tail.add('API_KEY', `${value.toUpperCase()}${value}`)
    if (name !== 'base64 at the first position')
      for (const text of [`…${after} was said`, `${after} was said`])
        assert.match(tail.redact(text), /^…?\[redacted:API_KEY\] was said$/, text)
  })
}

test('words that a secret begins with by chance are left alone', () => {
  const secrets = createSecrets()
  secrets.add('API_KEY', 'sk_test_of_a_shop_0123456789')
  for (const text of ['expected sk_test_…', 'expected sk_test_', 'expected sk_test_of_a_shop to begin with']) {
    assert.equal(secrets.redact(text), text)
    assert.deepEqual(secrets.sweep('sk_test_of_a_shop_0123…'), [])
  }
})

const known: Record<string, string> = {
  'stripe-live-key': `sk${'_live_'}51HabcDEFghiJKL`,
  'stripe-test-key': `rk${'_test_'}51HabcDEFghiJKLmnopQRSTuv`,
  'webhook-signing-secret': `whsec${'_'}abcdefghijklmnopqrstuvwxyz012345`,
  'aws-access-key-id': `AKIA${'IOSFODNN7EXAMPLE'}`,
  'github-token': `ghp${'_'}abcdefghijklmnopqrstuvwxyz0123456789`,
  'slack-token': `xoxb${'-'}1234567890-abcdef`,
  'json-web-token': ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'].join(
    '.',
  ),
  'private-key': `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\n-----END EC PRIVATE KEY-----`,
}

for (const [name, text] of Object.entries(known)) {
  test(`nobody had to register a ${name}`, () => {
    const secrets = createSecrets()

    assert.deepEqual(
      secrets.sweep(`"${text}"`).map((hit) => hit.name),
      [name],
    )
    assert.equal(secrets.redact(`"${text}"`), `"[redacted:${name}]"`)
  })
}

test('a client secret loses its secret half only, a URL its password, a header its credential', () => {
  const secrets = createSecrets()

  assert.equal(secrets.redact('pi_3Mabc_secret_QrsTuv12345'), 'pi_3Mabc_secret_[redacted:client-secret]')
  assert.equal(secrets.redact('postgres://app:hunter2@db/x'), 'postgres://app:[redacted:url-password]@db/x')
  assert.equal(
    secrets.redact('{"authorization":"Bearer abcdef123456"}'),
    '{"authorization":"Bearer [redacted:authorization-header]"}',
  )
  assert.equal(secrets.redact('{\\"Authorization\\": \\"Basic dXNlcjpwdzEyMw==\\"}').includes('dXNl'), false)
})

test('ids, publishable keys, placeholders and made-up test keys are not secrets', () => {
  const secrets = createSecrets()
  const harmless = [
    'https://checkout.stripe.com/c/pay/cs_test_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6',
    'pk_test_51HabcDEFghiJKLmnopQRSTuvwxyz',
    'pk_live_51HabcDEFghiJKLmnopQRSTuvwxyz',
    're_3MabcDEFghiJKLmnopQRSTuv',
    'sk_test_123',
    'sk_live_…',
    'curl -H "Authorization: Bearer $STRIPE_SECRET_KEY" https://$USER:$PASSWORD@db',
    'Authorization: Basic credentials',
    'postgres://app:[redacted:DB]@db/x',
    'see https://example.com:8080/a@b',
  ]

  for (const text of harmless) assert.equal(secrets.redact(text), text)
})

test('the password inside a registered URL and the lines of a registered key are secrets of their own', () => {
  const secrets = createSecrets()
  secrets.add('DATABASE_URL', 'postgres://app:corr%40ct-horse@db/x')
  secrets.add('KEY', '-----BEGIN X-----\nabcdefghijklmnop1\nabcdefghijklmnop2\n-----END X-----')

  assert.equal(secrets.redact('password corr@ct-horse refused'), 'password [redacted:DATABASE_URL] refused')
  assert.equal(secrets.redact('line abcdefghijklmnop2'), 'line [redacted:KEY]')
})

test('short values are ignored, blanks around a value do not matter, the longer of two wins', () => {
  const secrets = createSecrets()
  secrets.add('SHORT', 'abc12')
  secrets.add('PADDED', '  tokentoken\n')
  secrets.add('LONGER', 'tokentoken-and-more')

  assert.equal(secrets.redact('abc12 tokentoken tokentoken-and-more'), 'abc12 [redacted:PADDED] [redacted:LONGER]')
})

test('bytes that are no text are swept too, and the offset is where the secret begins', () => {
  const secrets = createSecrets()
  secrets.add('TOKEN', 'tokentoken')

  const content = Buffer.concat([Buffer.from([0, 255, 254, 0]), Buffer.from('tokentoken'), Buffer.from([200])])

  assert.deepEqual(secrets.sweep(content), [{ name: 'TOKEN', encoding: 'plain', offset: 4 }])
})

test('ten megabytes of any shape take seconds at most: the cost grows with the text, not with its square', () => {
  const secrets = createSecrets()
  for (let index = 0; index < 50; index++)
    secrets.add(`S${index}`, `tokentoken${index}-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab`)
  const shapes = [
    'a',
    'eyJhbGciOiJI',
    '-----BEGIN PRIVATE KEY-----\n',
    'http://a:',
    'sk_test_',
    '&',
    '%2',
    '\\',
    'tokentoken1',
  ]

  for (const shape of shapes) {
    const text = shape.repeat(4_000_000 / shape.length)
    const start = performance.now()
    secrets.sweep(text)
    const took = performance.now() - start
    assert.ok(took < 5_000, `${JSON.stringify(shape)} took ${took.toFixed(0)} ms`)
  }
})
