import type { HttpAnswer, HttpRequest } from '../../stripe/http.ts'
import { type Listening, listen } from '../../stripe/listen.ts'
import type { CallJournal } from './calls.ts'
import type { FaultScripts, Suffered } from './faults.ts'
import type { FaultEffect, ProviderCall, ProviderDouble } from './types.ts'

/** Refusals a provider has its own words for. */
export type Refusal = Extract<FaultEffect, '401' | '402' | '409' | '429' | '500' | '503'>

/** One provider's behaviour without faults and sockets. */
export interface Behaviour {
  answer(request: HttpRequest, call: ProviderCall): Promise<HttpAnswer>
  /** Answers with a scripted refusal; what the provider would store under the idempotency key it stores. */
  refuse(refusal: Refusal, request: HttpRequest, call: ProviderCall): HttpAnswer | Promise<HttpAnswer>
}

export interface SurfaceOptions extends Behaviour {
  provider: ProviderCall['provider']
  port: number
  journal: CallJournal
  faults: FaultScripts
}

/** Serves one provider on loopback: notes each call, lets the scripted faults happen to it, and answers. */
export function serveSurface(options: SurfaceOptions): Promise<Listening> {
  const { provider, port, journal, faults } = options
  return listen(
    async (request) => {
      const call = journal.begin(provider, request)
      const answer = await answerCall(options, request, call, faults.take(call))
      if (!answer.isDropped) call.status = answer.status
      call.answer = readAnswer(answer)
      return answer
    },
    { port, host: '127.0.0.1' },
  )
}

async function answerCall(
  behaviour: Behaviour,
  request: HttpRequest,
  call: ProviderCall,
  fault: Suffered | undefined,
): Promise<HttpAnswer> {
  if (!fault) return behaviour.answer(request, call)
  const { effect, disarmed } = fault
  call.fault = effect
  if (isRefusal(effect)) return behaviour.refuse(effect, request, call)
  if (effect === 'hang') await wait(undefined, disarmed)
  if (effect === 'hang' || effect === 'drop') return dropped
  if (effect === 'perform-then-drop') return { ...(await behaviour.answer(request, call)), isDropped: true }
  await wait(Number(effect.slice('slow:'.length)), disarmed)
  return behaviour.answer(request, call)
}

const refusals: readonly string[] = ['401', '402', '409', '429', '500', '503'] satisfies Refusal[]
const isRefusal = (effect: FaultEffect): effect is Refusal => refusals.includes(effect)

const dropped: HttpAnswer = { status: 0, headers: {}, body: '', isDropped: true }

/** Resolves after that time or when the fault is disarmed; without a time only then. */
function wait(ms: number | undefined, disarmed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const stop = (): void => {
      clearTimeout(timer)
      resolve()
    }
    if (disarmed.aborted) stop()
    disarmed.addEventListener('abort', stop, { once: true })
  })
}

/** JSON as its value, anything else as text; nothing where nothing was answered. */
function readAnswer({ status, body }: HttpAnswer): unknown {
  if (status === 0) return undefined
  const text = Buffer.from(body).toString('utf8')
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** The part of a double that is the same for every provider. */
export const providerPart = (
  provider: ProviderCall['provider'],
  { url, port }: Listening,
  { journal, faults, forget }: { journal: CallJournal; faults: FaultScripts; forget(): void },
): ProviderDouble => ({
  url,
  port,
  calls: (filter) => journal.list(filter, provider),
  arm: (script) => faults.arm(script),
  clearFaults: () => faults.clear(),
  forget,
})
