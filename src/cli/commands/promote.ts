import { defineCommand } from '../define.ts'
import { declareGateOptions } from '../gate-run/options.ts'

/** `gatekit promote staging prod`: may the commit that passed there go here? Records it when it may. */
export const promote = defineCommand({
  name: 'promote',
  summary: 'judge whether a commit may go from one environment into the next, and record it; --rollback: the way back',
  configure(command) {
    declareGateOptions(
      command
        .argument('[from]', 'the environment in which this commit has passed')
        .argument('[to]', 'the environment it is to go into')
        .option('--evidence <dir>', 'the outputs of the run in <from>', 'qa')
        .option('--as <name>', 'a signer of gatekit.yaml who records it; needed where the environment is protected')
        .option('--key <file>', 'the private SSH key of --as', '~/.ssh/id_ed25519')
        .option('--rollback <env>', 'prepare and check the way back of an environment to what it had before'),
    )
  },
  async run(context) {
    const { usageError } = await import('../../kernel/errors.ts')
    const [from, to] = context.args
    const back = context.options.rollback as string | undefined
    if (back !== undefined) return (await import('../promote/rollback.ts')).rollback(context, back)
    if (from === undefined || to === undefined)
      throw usageError('two environments are needed', 'gatekit promote staging prod')
    return (await import('../promote/promote.ts')).promoteInto(context, from, to)
  },
})
