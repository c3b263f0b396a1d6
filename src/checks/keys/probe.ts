import { z } from 'zod'
import { classifyKey } from '../../config/keys.ts'
import { type CheckContext, fail, type Outcome, pass, undecided } from '../define.ts'
import { parseJsonBody } from '../expect/json.ts'
import { shown } from '../expect/shown.ts'
import { type Exchange, send } from '../network/exchange.ts'
import { unreachable } from '../network/trouble.ts'
import {
  inShell,
  quoted,
  resolveSecret,
  resolveServerUrl,
  textOrReference,
  variableReference,
} from '../options/reference.ts'

const stripeProbe = z.strictObject({
  livemode: z.boolean().describe('What GET /v1/balance must answer for this key'),
  key: variableReference.default({ env: 'STRIPE_SECRET_KEY' }).describe('The secret key'),
  apiBase: textOrReference
    .default({ env: 'STRIPE_API_BASE' })
    .describe('Root of the API, such as https://api.stripe.com or the sandbox; nothing is contacted that is not named'),
})

export const probeSchema = z.strictObject({ stripe: stripeProbe })

/** Asks the provider: the name of a key is a promise, the balance is a fact. A live key is never sent from a test environment. */
export async function probeMode(
  { livemode, key: reference, apiBase }: z.output<typeof stripeProbe>,
  context: CheckContext,
): Promise<Outcome> {
  const reproduce = [
    `curl -sS -u "$${reference.env}:" ${typeof apiBase === 'string' ? quoted(`${apiBase}/v1/balance`) : `${inShell(apiBase)}/v1/balance`}`,
  ]
  let exchange: Exchange
  try {
    const key = resolveSecret(reference, context)
    if (classifyKey(key)?.mode === 'live' && context.environment.mode !== 'live') {
      const expected = `no live key in ${context.environment.name}`
      return fail(`${reference.env} is a live key and was not sent`, [
        { subject: reference.env, expected, actual: 'live' },
      ])
    }
    const root = resolveServerUrl(apiBase, context).replace(/\/+$/, '')
    if (!URL.canParse(root)) return undecided('probe.stripe.apiBase is not a URL')
    const url = new URL(`${root}/v1/balance`)
    const headers = { authorization: `Bearer ${key}` }
    exchange = await send({ method: 'GET', url, headers }, context)
  } catch (error) {
    return { ...unreachable('GET /v1/balance', error, context.signal), reproduce }
  }
  const { status, body } = exchange.response
  if (status >= 500 || status === 429) return { ...undecided(`GET /v1/balance: ${status}`, 'http-5xx'), reproduce }
  if (status !== 200) {
    const findings = [{ subject: 'GET /v1/balance', expected: '200', actual: String(status) }]
    return { ...fail(`the provider does not accept ${reference.env}`, findings), reproduce }
  }
  const parsed = parseJsonBody(body)
  const actual = 'value' in parsed ? (parsed.value as { livemode?: unknown } | null)?.livemode : undefined
  if (actual === livemode) return { ...pass({ livemode }), reproduce }
  const findings = [{ subject: '$.livemode', expected: String(livemode), actual: shown(actual) }]
  return { ...fail('the key is of the other mode', findings), reproduce }
}
