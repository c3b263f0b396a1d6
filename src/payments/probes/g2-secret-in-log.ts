import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Exhibit } from '../canary/canaries.ts'
import { canariesOf, provoke, sightingsOf } from '../canary/provoke.ts'
import { pause } from '../deliver/pause.ts'
import type { Rig } from '../rig/define.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** As much of the end of a log as is read. */
const lastBytes = 8 * 1024 * 1024

/** Logs are read by more people than secrets are for. */
export const g2 = defineProbe({
  id: 'G2',
  title: 'secret in log, audit or outbox',
  rule: 'No log, audit record or mail holds a secret of the backend, whatever went wrong.',
  source: [
    { text: 'OWASP, Logging', url: 'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html' },
    { text: 'flexprice 6da207df2: even the length of a secret was taken out of a log' },
  ],
  guard: 'Only secrets that were made for this run; the declared files, stdout, stderr and what the observers show.',
  example:
    'A log line with the exception of a refused call, the key in its message; a dump of the environment at start.',
  company: 'alone',
  needs: ({ target }) => (target.start === undefined ? 'target.start' : undefined),
  async run(rig) {
    rig.observer.sightings()
    await provoke(rig)
    const buyer = rig.payment()
    await rig.deliver(buyer, 'cap')
    await rig.settle(buyer)
    await pause(100)
    // What is kept about the buyer is read once more, in all its parts.
    await rig.observer.observe(buyer)
    const canaries = canariesOf(rig)
    if (canaries.names.length === 0) return unmeasured('the backend has no secret that could be recognised')
    const exhibits = [...(await logsOf(rig)), ...sightingsOf(rig)]
    const leaks = canaries.find(exhibits)
    const [first] = leaks
    if (!first) return green(`${canaries.names.length} secrets, and none of them in what is kept`)
    return red(`${first.secret} is in ${first.place}`, {
      want: 'no secret in anything that is kept',
      got: [...new Set(leaks.map(({ secret, form, place }) => `${secret} (${form}) in ${place}`))]
        .slice(0, 5)
        .join('; '),
      harm: 'whoever may read the logs can act in the merchant’s name',
    })
  },
})

async function logsOf({ contract, target }: Rig): Promise<Exhibit[]> {
  const files = await Promise.all(
    contract.observe.logs.map(async (file) => ({ place: file, text: await endOf(resolve(contract.dir, file)) })),
  )
  return [...files, { place: 'the output of the process', text: target.output() }]
}

async function endOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (!file) return ''
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - lastBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
