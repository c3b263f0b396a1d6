import type { KeyObject } from 'node:crypto'
import { certify } from '../../paypal/certificate.ts'
import { errorBody, PayPalError } from '../../paypal/error.ts'
import { Replays } from '../../paypal/replays.ts'
import { paypalId, Resources } from '../../paypal/resources.ts'
import { answerPayPal, type PayPalWorld } from '../../paypal/routes.ts'
import { type SigningKeys, Transmissions } from '../../paypal/transmissions.ts'
import { type HttpAnswer, jsonAnswer } from '../../stripe/http.ts'
import { createRandom } from '../../stripe/random.ts'
import type { CallJournal } from './calls.ts'
import { FaultScripts } from './faults.ts'
import { providerPart, type Refusal, serveSurface } from './surface.ts'
import type { DoubleOptions, PayPalDouble } from './types.ts'

/** Starts the PayPal surface. */
export async function startPayPalDouble(
  options: DoubleOptions & { webhookId: string },
  journal: CallJournal,
  keys: SigningKeys,
): Promise<{ paypal: PayPalDouble; close(): Promise<void> }> {
  const { ports, seed, webhookId } = options
  const random = createRandom(seed === undefined ? undefined : `paypal:${seed}`)
  const draw = (): number => Number.parseInt(random.text(6), 36) / 36 ** 6
  const certificateName = `CERT-${random.text(8).toLowerCase()}-${random.text(8).toLowerCase()}`
  const faults = new FaultScripts()
  const replays = new Replays()
  const resources = new Resources()
  let url = ''
  const certUrl = (): string => `${url}/v1/notifications/certs/${certificateName}`
  const transmissions = new Transmissions(keys, webhookId, certUrl)
  let verdict: 'SUCCESS' | 'FAILURE' | null = null
  const world: PayPalWorld = {
    resources,
    transmissions,
    certificate: (name) => (name === certificateName ? certificateOf(keys.own()) : undefined),
    draw,
    now: () => new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    url: () => url,
    verdict: () => verdict,
  }
  const listening = await serveSurface({
    provider: 'paypal',
    port: ports?.paypal ?? 0,
    journal,
    faults,
    answer: async (request, call) =>
      guarded(world, () => {
        const earlier = replays.find(call)
        if (earlier) call.replayed = true
        const answer = earlier ?? answerPayPal(world, request, call)
        replays.keep(call, answer)
        return answer
      }),
    refuse(refusal, _request, call) {
      const answer = render(world, errors[refusal])
      if (refusal === '500') replays.keep(call, answer)
      return answer
    },
  })
  url = listening.url
  return {
    paypal: {
      ...providerPart('paypal', listening, { journal, faults, forget: () => replays.clear() }),
      clientId: `AZ${random.text(70)}`,
      clientSecret: `EL${random.text(70)}`,
      webhookId,
      certUrl: certUrl(),
      sign: (body, signing) => transmissions.sign(body, signing),
      answerVerification: (wanted) => (verdict = wanted),
      put: (kind, resource) => resources.put(kind, resource),
      get: (kind, id) => resources.get(kind, id),
      list: (kind) => resources.list(kind),
    },
    async close() {
      faults.clear()
      await listening.close()
    },
  }
}

function guarded(world: PayPalWorld, answer: () => HttpAnswer): HttpAnswer {
  try {
    return answer()
  } catch (error) {
    if (error instanceof PayPalError) return render(world, error)
    throw error
  }
}

function render({ draw }: PayPalWorld, error: PayPalError): HttpAnswer {
  const debugId = paypalId(draw).toLowerCase()
  const headers = { 'paypal-debug-id': debugId, ...(error.status === 429 && { 'retry-after': '1' }) }
  return jsonAnswer(error.status, errorBody(error, debugId), headers)
}

const errors: Record<Refusal, PayPalError> = {
  '401': new PayPalError(401, 'AUTHENTICATION_FAILURE', 'Authentication failed due to invalid credentials.'),
  '402': new PayPalError(422, 'UNPROCESSABLE_ENTITY', 'The instrument was declined.', 'INSTRUMENT_DECLINED'),
  '409': new PayPalError(409, 'RESOURCE_CONFLICT', 'Another request for this resource is in progress.'),
  '429': new PayPalError(429, 'RATE_LIMIT_REACHED', 'Too many requests. Blocked due to rate limiting.'),
  '500': new PayPalError(500, 'INTERNAL_SERVER_ERROR', 'An internal server error has occurred.'),
  '503': new PayPalError(503, 'SERVICE_UNAVAILABLE', 'Service Unavailable.'),
}

const certificateOf = (key: KeyObject): string => certify(key, 'messageverificationcerts.paypal.com', Date.now())
