import { defineCommand } from '../define.ts'
import { declareGateOptions } from '../gate-run/options.ts'

/** `gatekit run <gate…>`: some gates, or single checks as `gate/check`. */
export const run = defineCommand({
  name: 'run',
  summary: 'run the gates that are named (gate, gate/check), or a --profile',
  configure(command) {
    declareGateOptions(command.argument('[names...]', 'gates, or checks as gate/check')).option(
      '--profile <name>',
      'a profile of gatekit.yaml',
    )
  },
  async run(context) {
    const { usageError } = await import('../../kernel/errors.ts')
    const { performGates } = await import('../gate-run/perform.ts')
    const profile = context.options.profile as string | undefined
    if (context.args.length === 0 && profile === undefined && context.options.plan === undefined)
      throw usageError('no gate was named', 'gatekit run <gate…>, gatekit run --profile <name>, or gatekit run-all')
    if (context.args.length > 0 && profile !== undefined)
      throw usageError('names and --profile were given together', 'name gates, or a profile')
    return performGates(context, { names: context.args, ...(profile !== undefined && { profile }) })
  },
})
