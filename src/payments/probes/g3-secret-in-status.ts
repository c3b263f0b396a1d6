import { canariesOf } from '../canary/provoke.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A status page shows how something is configured, not with what. */
export const g3 = defineProbe({
  id: 'G3',
  title: 'secret returned by the configuration endpoint',
  rule: 'An endpoint that shows configuration shows that a secret is set, never its value.',
  source: [{ text: 'flexprice: GET config returned webhook_config.secret in clear' }],
  guard: 'Only secrets that were made for this run; masks that show up to seven characters are fine.',
  example: 'GET /status that prints the settings object.',
  company: 'shared',
  needs: ({ observe, target }) =>
    observe.status ? (target.start === undefined ? 'target.start' : undefined) : 'observe.status',
  async run(rig) {
    const status = await rig.observer.status()
    if (status?.status === undefined || status.status >= 500) return unmeasured('observe.status could not be read')
    const canaries = canariesOf(rig)
    if (canaries.names.length === 0) return unmeasured('the backend has no secret that could be recognised')
    const text = `${JSON.stringify(status.headers ?? {})}\n${status.body}`
    const [leak] = canaries.find([{ place: 'observe.status', text }])
    if (!leak) return green('the configuration endpoint shows no secret')
    return red(`${leak.secret} is in the answer of the configuration endpoint`, {
      want: 'no secret',
      got: `${leak.secret} (${leak.form})`,
      harm: 'whoever may look at the status can act in the merchant’s name',
    })
  },
})
