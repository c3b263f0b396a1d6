import { pause } from '../deliver/pause.ts'
import type { Rig } from '../rig/define.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

const withinMs = 5_000
const recoveryMs = 10_000

/** A health check that always says yes sends traffic to what cannot serve it. */
export const g16 = defineProbe({
  id: 'G16',
  title: 'health green while the data store is down',
  rule: 'Readiness fails within five seconds when the data store is away, and comes back with it, without a restart.',
  source: [
    {
      text: 'Kubernetes, Readiness probes',
      url: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
    },
    { text: 'devlane #145, open-city-planner #5' },
  ],
  guard: 'Where the contract has ready_db only that is judged: liveness may stay green. No answer counts as not ready.',
  example: '{"database": "connected"} as a literal.',
  company: 'alone',
  needs: ({ target, control }) => {
    if (target.readyDb === undefined && target.ready === undefined) return 'target.ready_db'
    return control.db || control.dbProxy ? undefined : 'control.db'
  },
  async run(rig) {
    const { db } = rig.nemesis
    const path = rig.contract.target.readyDb ?? rig.contract.target.ready ?? '/'
    if (!db) return unmeasured('the data store cannot be taken away')
    rig.note('the data store goes away')
    await db.down()
    let isNoticed = false
    try {
      isNoticed = await becomes(rig, path, false, withinMs)
    } finally {
      await db.up()
    }
    rig.note('the data store is back')
    if (!isNoticed)
      return red(`${path} answered 2xx for five seconds while the data store was away`, {
        want: 'an answer other than 2xx',
        got: '2xx',
        harm: 'webhooks and buyers are sent to a backend that cannot keep anything',
      })
    if (!(await becomes(rig, path, true, recoveryMs)))
      return red(`${path} did not recover after the data store came back`, {
        want: '2xx without a restart',
        got: 'another answer for ten seconds',
        harm: 'a short outage lasts until somebody restarts the backend',
      })
    const buyer = rig.payment()
    await rig.deliver(buyer, 'cap')
    const broken = await rig.judge(buyer, 'after the data store came back, a payment had no effect')
    return broken ?? green('readiness follows the data store')
  },
})

async function becomes(rig: Rig, path: string, ready: boolean, ms: number): Promise<boolean> {
  const end = Date.now() + ms
  do {
    const { outcome } = await rig.request({ method: 'GET', path, timeoutMs: 2_000 })
    if ((outcome === 'ok') === ready) return true
    await pause(100)
  } while (Date.now() < end)
  return false
}
