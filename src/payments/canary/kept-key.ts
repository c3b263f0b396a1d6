import { randomBytes } from 'node:crypto'
import type { Request } from '../contract/request.ts'
import { fillJson } from '../contract/template.ts'
import type { Attempt, Rig } from '../rig/define.ts'
import { Unmeasurable } from '../rig/stand.ts'
import { createCanaries } from './canaries.ts'

/** A provider key that nobody else has, given to the backend to keep. */
export interface Keep {
  readonly key: string
  /** Epoch milliseconds before it was given. */
  readonly since: number
  /** Whether the backend took it. */
  store(): Promise<boolean>
  test(): Promise<Attempt>
  /** Where it comes back in clear: in an answer to storing it, or where the configuration is shown. */
  shown(): Promise<string | undefined>
}

export function createKeep(rig: Rig): Keep {
  const { config } = rig.contract.facts
  if (!config) throw new Unmeasurable('the contract has no facts.config')
  const key = `sk_test_51${randomBytes(36)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .padEnd(40, '7')
    .slice(0, 40)}`
  const since = Date.now()
  const answers: { place: string; text: string }[] = []
  const send = async ({ method, path, headers, body }: Request): Promise<Attempt> => {
    const attempt = await rig.request({ method, path, headers, body: fillJson(body, { api_key: key }) })
    answers.push({
      place: `the answer to ${method} ${path}`,
      text: `${JSON.stringify(attempt.headers)}\n${attempt.body}`,
    })
    return attempt
  }
  return {
    key,
    since,
    store: async () => (await send(config.request)).outcome === 'ok',
    test: () => send(config.test ?? config.request),
    async shown() {
      if (config.shown) {
        const { headers } = config.request
        const { body } = await rig.request({ method: 'GET', path: config.shown, headers })
        answers.push({ place: `GET ${config.shown}`, text: body })
      }
      return createCanaries([{ name: 'the key', value: key }]).find(answers)[0]?.place
    },
  }
}
