import type { Attempt, DeliverOptions, Rig } from '../rig/define.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

const size = 10 * 1024 * 1024

export const f2 = defineProbe({
  id: 'F2',
  title: 'a huge body brings it down',
  rule: 'Anybody can send ten megabytes: they are refused in time, and genuine events go on being worked through.',
  source: [{ text: 'adnanh/webhook #756' }, { text: 'curie #633' }],
  guard: '413, 400, 401 and a broken connection are all fine, genuine events of 60 KB must pass.',
  example: 'Everything is read into memory and parsed before anything is checked.',
  company: 'alone',
  needs: () => undefined,
  async run(rig) {
    const { bodyMs } = rig.contract.policy
    const raw = Buffer.alloc(size, 0x20)
    raw.write('{"padding":"')
    for (const chunked of [false, true]) {
      const last = await sendHuge(rig, { raw, chunked, timeoutMs: bodyMs })
      const got = last.status === undefined ? last.trouble : `${last.status}`
      if (last.trouble === 'timeout')
        return red('a huge body is not answered in time', { want: 'a refusal in time', got: 'no answer' })
      if (last.status !== undefined && last.status >= 500 && last.status !== 503)
        return red('a huge body ends in a server error', { want: 'an answer 4xx', got: `${got}` })
      const buyer = rig.payment()
      await rig.deliver(buyer, 'cap')
      const lost = await rig.judge(buyer, 'after a huge body a genuine capture has no effect')
      if (lost) return lost
    }
    return green('huge bodies are refused and harm nobody')
  },
})

const tries = 5

/** A server that answers before it has read everything may break the connection before the answer is read: then it is sent once more. */
async function sendHuge(rig: Rig, options: DeliverOptions): Promise<Attempt> {
  for (let left = tries - 1; ; left--) {
    const { last } = await rig.deliver(rig.payment(), 'cap', { ...options, signing: 'none', attempts: 1 })
    if (last.trouble !== 'reset' || left === 0) return last
  }
}
