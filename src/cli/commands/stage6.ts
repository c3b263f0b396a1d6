import { defineCommand } from '../define.ts'
import { declareGateOptions } from '../gate-run/options.ts'

/** `gatekit stage6`: the provider gate, against the embedded system or an application. */
export const stage6 = defineCommand({
  name: 'stage6',
  summary: 'run the provider sandbox gate: Stripe and notify adapters, judged by what they did',
  configure(command) {
    declareGateOptions(command)
  },
  async run(context) {
    const { performGates } = await import('../gate-run/perform.ts')
    return performGates(context, { names: ['stage6'] })
  },
})
