import { defineCommand } from '../define.ts'
import { declareGateOptions } from '../gate-run/options.ts'

/** `gatekit watch`: after a deployment, the same gates again and again over a steady window; the first red round ends it. */
export const watch = defineCommand({
  name: 'watch',
  summary: 'after a deployment: run gates again and again for a while; the first round that is not PASS ends it',
  configure(command) {
    declareGateOptions(
      command
        .argument('[names...]', 'gates, or checks as gate/check')
        .option('--profile <name>', 'a profile of gatekit.yaml')
        .option('--for <duration>', 'how long it must stay good', '10m')
        .option('--every <duration>', 'time between the beginnings of two rounds', '30s')
        .option('--max-failures <n>', 'rounds that may be red before it counts', '0'),
    )
  },
  async run(context) {
    const { watchGates } = await import('../promote/watch.ts')
    return watchGates(context)
  },
})
