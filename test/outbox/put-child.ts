// Puts messages under the keys `k<from>` … `k<count - 1>` into the outbox `dir`, telling each finished key on stdout; the parent may kill it.
import { writeSync } from 'node:fs'
import { openOutbox } from '../../src/outbox/outbox.ts'

const [dir = '', count = '1', bytes = '10', together = '16', from = '0'] = process.argv.slice(2)
const outbox = await openOutbox(dir)
writeSync(1, 'ready\n')
let next = Number(from)
const work = async (): Promise<void> => {
  while (next < Number(count)) {
    const index = next++
    const data = { index, body: 'x'.repeat(Number(bytes)) }
    const { path, replayed } = await outbox.put(
      { to: 'ada@example.test', template: 'receipt', subject: 'Receipt', data },
      { key: `k${index}` },
    )
    writeSync(1, `${index} ${replayed ? 'replayed' : 'won'} ${path}\n`)
  }
}
await Promise.all(Array.from({ length: Number(together) }, work))
