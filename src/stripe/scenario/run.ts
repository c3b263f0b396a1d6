import { encodeForm } from './encode.ts'
import { fillIn, type Scenario } from './scenario.ts'

export interface StepCall {
  method: string
  /** Path with query. */
  path: string
  body?: string
  contentType?: string
}

/** Makes one call and gives its status and its answer. */
export type SendStep = (call: StepCall) => Promise<{ status: number; body: unknown }>

/** A step that was answered otherwise than the scenario says. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
}

/** Makes the calls in order; the answers by the names of the steps. Throws `StepFailed` with the words of the API. */
export async function runScenario({ steps }: Scenario, send: SendStep): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {}
  for (const [index, step] of steps.entries()) {
    const where = `step ${index + 1}${step.name === undefined ? '' : ` (${step.name})`}`
    const call = await prepare(where, () => render(fillIn(step, answers)))
    const { status, body } = await send(call)
    const fine = step.fails === undefined ? status < 400 : status === step.fails
    if (!fine) throw new StepFailed(`${where}: ${step.call} was answered ${status}: ${messageOf(body)}`)
    if (step.name !== undefined) answers[step.name] = body
  }
  return answers
}

async function prepare(where: string, work: () => StepCall): Promise<StepCall> {
  try {
    return work()
  } catch (error) {
    throw new StepFailed(`${where}: ${(error as Error).message}`)
  }
}

function render({ call, params }: ReturnType<typeof fillIn>): StepCall {
  const [method, path] = call.split(' ') as [string, string]
  if (path.startsWith('/v2/') && method !== 'GET')
    return { method, path, body: JSON.stringify(params), contentType: 'application/json' }
  const form = encodeForm(params)
  if (method === 'GET') return { method, path: form === '' ? path : `${path}?${form}` }
  return { method, path, body: form, contentType: 'application/x-www-form-urlencoded' }
}

const messageOf = (body: unknown): string =>
  (body as { error?: { message?: string } } | null)?.error?.message ?? 'no message'
