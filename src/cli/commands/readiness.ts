import { defineCommand } from '../define.ts'
import { declareGateOptions } from '../gate-run/options.ts'

/** `gatekit readiness`: the checklist before production, answered by evidence: n of m, what is missing, how to get it. */
export const readiness = defineCommand({
  name: 'readiness',
  summary: 'the checklist before production, answered by evidence: n of m, what is missing and how to get it',
  configure(command) {
    declareGateOptions(command).option('--gate <id>', 'the gate that is the checklist', 'readiness')
  },
  async run(context) {
    const { printReadiness } = await import('../promote/readiness.ts')
    return printReadiness(context, context.options.gate as string)
  },
})
