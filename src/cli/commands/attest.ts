import { defineCommand } from '../define.ts'

/** `gatekit attest gate/check --as alice`: signs the words of an `attest` check, about the commit that is checked out. */
export const attest = defineCommand({
  name: 'attest',
  summary: 'sign the statement of an attest check, or with --run the evidence of the last run',
  configure(command) {
    command
      .argument('[check]', 'gate/check of type attest')
      .requiredOption('--as <name>', 'a signer of gatekit.yaml')
      .option('--key <file>', 'the private SSH key, or a public one whose half the agent holds', '~/.ssh/id_ed25519')
      .option('--run', 'sign the statement of the last run instead')
      .option('--env <name>', 'the environment, where the statement names one')
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
  },
  async run(context) {
    const { usageError } = await import('../../kernel/errors.ts')
    const { signCheck, signRun } = await import('../attest/sign.ts')
    const { args, options } = context
    if ((args.length === 0) === !options.run)
      throw usageError('name a check, or --run', 'gatekit attest gate/check --as NAME')
    return options.run ? signRun(context) : signCheck(context, args[0]!)
  },
})
