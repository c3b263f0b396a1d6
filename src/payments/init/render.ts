import type { Discovery } from './discover.ts'
import type { Surroundings } from './surroundings.ts'

/** A contract as YAML: what was found as it is, what could not be known with a comment that asks for it. */
export function renderContract(baseUrl: string, found: Discovery, project: Surroundings): string {
  const { port } = new URL(baseUrl)
  const quoted = JSON.stringify
  const unsure = (isFound: boolean, why: string) => (isFound ? '' : ` # CHECK: ${why}`)
  const lines = [
    '# yaml-language-server: $schema=./node_modules/gatekit/fixtures/payments/contract.schema.json',
    '# What gatekit may assume of this backend. `gatekit payments lint` says what each further entry would unlock.',
    'version: 1',
    'target:',
    `  base_url: ${baseUrl}`,
    project.start
      ? `  start: ${quoted(project.start)}`
      : '  # start: "npm run start" # CHECK: lets the gate start, kill and restart the backend with secrets of its own',
    ...(port && project.start
      ? [
          `  env: { ${project.portEnv ?? 'PORT'}: ${quoted(port)} }${unsure(project.portEnv !== undefined, 'how it learns its port')}`,
        ]
      : []),
    ...(found.ready
      ? [`  ready: ${found.ready}`]
      : ['  # ready: /health # CHECK: a path that answers 2xx when it is ready']),
    ...(project.start
      ? [
          'control:',
          '  restart: true # CHECK: the backend may be killed and started again',
          ...(project.productionEnv ? [`  production_env: { ${project.productionEnv}: production }`] : []),
        ]
      : []),
    'providers:',
    ...stripeLines(found, project, unsure),
    ...paypalLines(found, project, found.stripe !== undefined),
    'facts:',
    '  purchase:',
    ...(found.checkout
      ? [
          `    request: { POST: ${found.checkout}, body: { user: "{user}", email: "{email}", pack: black } } # CHECK: the fields`,
        ]
      : []),
    '    pack_size: 5 # CHECK: how many grants one purchase gives',
    "    amount: 4999 # CHECK: its price in the currency's minor unit",
    '    currency: usd',
    '  metadata: { user: "{user}", email: "{email}", pack: black } # CHECK: what your events carry to tell whose purchase it is',
    ...(found.notify
      ? [
          '  notify:',
          `    request: { POST: ${found.notify}, body: { to: "{email}", template: "{template}", subject: "{subject}", data: {} } }`,
        ]
      : []),
    'observe:',
    ...observerLines(found),
    'policy: { partial_refund: keep, dispute_open: suspend, settle_ms: 3000 } # CHECK: what you want',
  ]
  return `${lines.join('\n')}\n`
}

type Unsure = (isFound: boolean, why: string) => string

const stripeLines = ({ stripe, paypal }: Discovery, project: Surroundings, unsure: Unsure): string[] => {
  if (!stripe && paypal) return []
  return [
    '  stripe:',
    `    webhook: ${stripe ?? '/webhooks/stripe'}${unsure(stripe !== undefined, 'no webhook was found under the usual paths')}`,
    `    secret_env: ${project.secretEnv}`,
    ...(project.apiKeyEnv ? [`    api_key_env: ${project.apiKeyEnv}`] : []),
    ...(project.apiBaseEnv ? [`    api_base_env: ${project.apiBaseEnv}`] : []),
    '    mode: test',
  ]
}

/** Whoever verifies by postback must be started by the gate: only then it asks the gate and not PayPal. */
function paypalLines({ paypal }: Discovery, project: Surroundings, hasOther: boolean): string[] {
  if (paypal === undefined) return []
  const known = project.paypalBaseEnv !== undefined
  const lines = [
    '  paypal:',
    `    webhook: ${paypal}`,
    `    webhook_id_env: ${project.paypalWebhookIdEnv ?? 'PAYPAL_WEBHOOK_ID'}`,
    `    api_base_env: ${project.paypalBaseEnv ?? 'PAYPAL_API_BASE'}${known ? '' : " # CHECK: where the backend learns PayPal's address"}`,
  ]
  if (project.start || !hasOther) return lines
  return [
    '  # paypal: # CHECK: needs target.start, so that the backend asks the gate in place of PayPal',
    ...lines.slice(1).map((line) => `  # ${line.slice(2)}`),
  ]
}

function observerLines({ grants, payment, audit, status }: Discovery): string[] {
  const { path, list } = grants ?? { path: '/users/{user}/cards', list: '$.cards' }
  return [
    '  grants:',
    `    GET: ${JSON.stringify(path)}${grants ? '' : ' # CHECK: no list of what a user owns was found'}`,
    `    list: ${list}`,
    '    where: { payment_id: "{payment}" } # CHECK: the field that names the payment',
    '    active: "$.revoked == false" # CHECK: what an item is like that was not taken back',
    ...(payment
      ? [
          `  payment: { GET: ${JSON.stringify(payment)}, amount: $.amount, currency: $.currency, status: $.status } # CHECK: the fields`,
        ]
      : []),
    ...(audit
      ? [
          `  audit: { GET: ${JSON.stringify(audit.path)}, list: ${audit.list}, event: $.event, actor: $.user_id, id: $.id, at: $.created_at } # CHECK: the fields`,
        ]
      : []),
    ...(status ? [`  status: { GET: ${status} }`] : []),
  ]
}
