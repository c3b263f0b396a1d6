import { html, type Markup } from './markup.ts'
import { renderDocument } from './page.ts'
import { section, table } from './tables.ts'

/** The provider flags in force; `origins` says where each value came from, by the name of its variable. */
export interface Stage6Flags {
  stripeMock: boolean
  stripeTest: boolean
  notifyMode: string
  shadowCalls: boolean
}

/** `/stage6_status.html`: the provider flags in force, how to run the gate, and where it writes. Its stylesheet is `/status.css`. */
export function renderStage6Page(flags: Stage6Flags, origins: Readonly<Record<string, string>> = {}): string {
  const main = html`    <h1>Stage 6: payment and mail providers</h1>
    <p class="lead">${summaryOf(flags)}</p>
    ${section('flags', 'Feature flags', flagTable(flags, origins))}
    ${section('usage', 'How to run the gate', usage)}
    ${section('artefacts', 'What it writes', artefacts)}`
  const footer = html`<p>gatekit contacts no host that it was not given, and refuses live keys outside an environment that is declared live.</p>`
  return renderDocument({ title: 'Stage 6: payment and mail providers', main, footer })
}

function summaryOf({ stripeMock, stripeTest, notifyMode }: Stage6Flags): string {
  const stripe = stripeMock
    ? 'Stripe is mocked'
    : stripeTest
      ? 'Stripe is called in test mode'
      : 'Stripe is called without test mode'
  const mail: Record<string, string> = {
    mock: 'mail goes to the file outbox only',
    sandbox: 'mail goes to the sandbox provider and the file outbox',
    live: 'mail is really sent',
  }
  return `${stripe}; ${mail[notifyMode] ?? `mail mode is ${notifyMode}`}.`
}

function flagTable(
  { stripeMock, stripeTest, notifyMode, shadowCalls }: Stage6Flags,
  origins: Readonly<Record<string, string>>,
): Markup {
  const bit = (value: boolean) => (value ? '1' : '0')
  const rows: [string, string, string, string][] = [
    ['STRIPE_MOCK', bit(stripeMock), '1', '1: no Stripe call leaves the process'],
    ['STRIPE_TEST', bit(stripeTest), '0', '1: Stripe is called in test mode'],
    ['NOTIFY_MODE', notifyMode, 'mock', 'mock, sandbox or live'],
    ['FEATURE_SHADOW_CALLS', bit(shadowCalls), '0', '1: calls are made twice and compared, without deciding anything'],
  ]
  const isKnown = Object.keys(origins).length > 0
  return table(
    'Feature flags',
    ['Flag', 'Value', 'Default', 'Meaning', ...(isKnown ? ['Comes from'] : [])],
    rows.map(([name, value, usual, meaning]) => [
      html`<code>${name}</code>`,
      html`<strong><code>${value}</code></strong>`,
      html`<code>${usual}</code>`,
      meaning,
      ...(isKnown ? [origins[name] ?? 'default'] : []),
    ]),
  )
}

const command = (text: string): Markup => html`<pre tabindex="0"><code>${text}</code></pre>`

const usage = html`
      <p>Against the embedded backend, with nothing else installed:</p>
      ${command('npx gatekit stage6')}
      <p>Against a backend of your own:</p>
      ${command('GATEKIT_BASE_URL=http://127.0.0.1:8000 STRIPE_MOCK=0 STRIPE_TEST=1 NOTIFY_MODE=sandbox npx gatekit stage6')}
      <p>Shadow calls are compared and reported; they never decide the verdict:</p>
      ${command('FEATURE_SHADOW_CALLS=1 npx gatekit stage6')}`

const artefacts = table(
  'Artefacts',
  ['Path', 'What it is'],
  [
    [html`<code>qa/stage6/v0.6.0/tests.json</code>`, 'The result for machines, written last'],
    [html`<code>qa/stage6/v0.6.0/tests.txt</code>`, 'The result for people, plain text'],
    [html`<code>qa/stage6/v0.6.0/evidence/</code>`, 'What each check saw, redacted, with SHA-256'],
    [html`<code>qa/notify/outbox/</code>`, 'Every message that would have been or was sent'],
    [html`<code>qa/status/index.html</code>`, 'The status site of the last run'],
  ],
)
