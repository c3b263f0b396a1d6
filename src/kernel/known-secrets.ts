/** A secret that is recognised by its looks alone. The group `secret` of the pattern is what must not be shown. */
interface KnownSecret {
  name: string
  pattern: RegExp
}

/**
 * Kinds of secrets that nobody had to register. Deliberately absent: publishable keys (`pk_…`), ids of Checkout sessions (`cs_test_…`)
 * and of objects, short test keys such as `sk_test_123` that are made up. Every pattern is bounded or starts at a word's beginning,
 * so that no text makes the search quadratic.
 */
export const knownSecrets: readonly KnownSecret[] = [
  { name: 'stripe-live-key', pattern: /(?<!\w)(?<secret>[sr]k_(?:live|org)_\w{10,255})/dg },
  { name: 'stripe-test-key', pattern: /(?<!\w)(?<secret>[sr]k_test_\w{24,255})/dg },
  { name: 'stripe-ephemeral-key', pattern: /(?<!\w)(?<secret>ek_(?:live|test)_\w{24,255})/dg },
  { name: 'webhook-signing-secret', pattern: /(?<!\w)(?<secret>whsec_[A-Za-z0-9+/_-]{24,255}={0,2})/dg },
  {
    name: 'client-secret',
    pattern:
      /(?<!\w)(?:pi|seti|src|cs_live|cs_test|vi|fcsess)_[A-Za-z0-9]{1,255}_secret_(?<secret>[A-Za-z0-9]{8,255})/dg,
  },
  {
    name: 'private-key',
    pattern:
      /(?<secret>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){20,32768}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?)/dg,
  },
  { name: 'aws-access-key-id', pattern: /(?<![A-Za-z0-9])(?<secret>A(?:KIA|SIA)[0-9A-Z]{16})(?![A-Za-z0-9])/dg },
  {
    name: 'github-token',
    pattern: /(?<![A-Za-z0-9])(?<secret>gh[opusr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})/dg,
  },
  { name: 'gitlab-token', pattern: /(?<![A-Za-z0-9])(?<secret>glpat-[\w-]{20,255})/dg },
  { name: 'npm-token', pattern: /(?<![A-Za-z0-9])(?<secret>npm_[A-Za-z0-9]{36})/dg },
  { name: 'slack-token', pattern: /(?<![A-Za-z0-9])(?<secret>xox[abeoprs]-[A-Za-z0-9-]{10,255})/dg },
  { name: 'sendgrid-key', pattern: /(?<![A-Za-z0-9])(?<secret>SG\.[\w-]{22}\.[\w-]{43})/dg },
  { name: 'google-api-key', pattern: /(?<![A-Za-z0-9])(?<secret>AIza[\w-]{35})/dg },
  {
    name: 'json-web-token',
    pattern: /(?<![\w-])(?<secret>eyJ[\w-]{10,8192}\.eyJ[\w-]{10,8192}\.[\w-]{16,1024})/dg,
  },
  {
    name: 'url-password',
    pattern:
      /(?<![\w+.-])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>\\]{0,128}:(?![$<{*[])(?<secret>[^\s:@/"'<>\\]{1,256})@/dgi,
  },
  {
    name: 'authorization-header',
    pattern:
      /(?<![\w-])(?:proxy-)?authorization["']{0,2}\s{0,4}[:=,]\s{0,4}["']{0,2}(?:bearer|basic|token)\s{1,4}(?=\S{0,512}[\d=]|\S{24})(?<secret>[A-Za-z0-9._~+/=-]{8,8192})/dgi,
  },
]

/** Cheap words one of which is in every text that a pattern could match: most texts are cleared by these alone. */
const hints: Record<string, string> = {
  'client-secret': '_secret_',
  'json-web-token': 'eyJ',
  'private-key': 'PRIVATE KEY',
  'stripe-test-key': 'k_test_',
  'url-password': '://',
}

export interface KnownHit {
  name: string
  start: number
  end: number
}

/** Finds unregistered secrets; `text` holds one character per byte, so offsets are bytes. */
export function findKnownSecrets(text: string): KnownHit[] {
  return knownSecrets.flatMap(({ name, pattern }) => {
    const hint = hints[name]
    if (hint && !text.includes(hint)) return []
    return [...text.matchAll(pattern)].map((match) => {
      const [start, end] = match.indices!.groups!['secret']!
      return { name, start, end }
    })
  })
}
