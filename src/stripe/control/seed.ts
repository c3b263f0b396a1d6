import { GatekitError } from '../../kernel/errors.ts'
import { loadScenario, parseScenario, scenarioNames } from '../scenario/load.ts'
import { runScenario, type SendStep, StepFailed } from '../scenario/run.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { clockRoutes } from './clock.ts'
import { type Control, type ControlRoutes, Refused } from './define.ts'

/** Fills the account by real API calls: `?name=shop` for a shipped set, else the body, `{ summary, steps: [{ name, call, params }] }`. */
export const seedRoutes: ControlRoutes = {
  'GET /_gatekit/seeds': async () => ({ data: await scenarioNames('seeds') }),

  async 'POST /_gatekit/seed'(control: Control) {
    try {
      const answers = await runScenario(await scenarioOf(control), through(control))
      const ids = Object.entries(answers).map(([name, answer]) => [
        name,
        (answer as { id?: string } | null)?.id ?? null,
      ])
      return { seeded: Object.fromEntries(ids) }
    } catch (error) {
      if (error instanceof StepFailed) throw new Refused(400, error.message)
      if (error instanceof GatekitError) throw new Refused(400, error.message, { hint: error.problems[0]?.remedy })
      throw error
    }
  },
}

async function scenarioOf({ query, request }: Control): Promise<Scenario> {
  const name = query.get('name')
  if (name !== null) return loadScenario('seeds', name)
  return parseScenario(Buffer.from(request.body ?? []).toString('utf8'), 'the body')
}

/** Calls in the name of whoever asked; a step may turn the account's clock too. */
const through =
  (control: Control): SendStep =>
  async ({ method, path, body, contentType }) => {
    const { handle, request } = control
    const turn = clockRoutes[`${method} ${path}`]
    if (turn)
      return { status: 200, body: await turn({ ...control, request: { ...request, body: Buffer.from(body ?? '') } }) }
    const { authorization, 'stripe-account': account } = request.headers
    const headers = { authorization, 'stripe-account': account, 'content-type': contentType }
    const answer = await handle({ method, url: path, headers, ...(body !== undefined && { body: Buffer.from(body) }) })
    return { status: answer.status, body: JSON.parse(Buffer.from(answer.body).toString('utf8')) as unknown }
  }
