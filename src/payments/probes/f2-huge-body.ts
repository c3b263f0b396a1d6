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
      const stranger = rig.payment()
      const { last } = await rig.deliver(stranger, 'cap', {
        raw,
        chunked,
        signing: 'none',
        attempts: 1,
        timeoutMs: bodyMs,
      })
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
