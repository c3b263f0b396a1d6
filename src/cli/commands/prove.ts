import { defineCommand } from '../define.ts'
import { declareGateOptions } from '../gate-run/options.ts'

/** `gatekit prove`: every check must go red in a spoilt world; one that cannot fail proves nothing. */
export const prove = defineCommand({
  name: 'prove',
  summary: 'run sabotaged twins of each check and demand red; names each check that cannot fail',
  configure(command) {
    declareGateOptions(command.argument('[names...]', 'gates, or checks as gate/check')).option(
      '--profile <name>',
      'a profile of gatekit.yaml',
    )
  },
  async run(context) {
    const { proveChecks } = await import('../prove/prove.ts')
    return proveChecks(context)
  },
})
