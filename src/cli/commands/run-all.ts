import { defineCommand } from '../define.ts'
import { declareGateOptions } from '../gate-run/options.ts'

/** `gatekit run-all`: every gate in order; the exit code is the verdict. */
export const runAll = defineCommand({
  name: 'run-all',
  summary: 'run every gate in order, write qa/ and the status page; the exit code is the verdict',
  configure(command) {
    declareGateOptions(command).option('--profile <name>', 'only the gates of a profile')
  },
  async run(context) {
    const { performGates } = await import('../gate-run/perform.ts')
    const profile = context.options.profile as string | undefined
    return performGates(context, profile === undefined ? {} : { profile })
  },
})
