import { defineCommand } from '../define.ts'

/** `gatekit apply-guard prod.tfplan && terraform apply prod.tfplan`: the plan that is applied is the plan that was reviewed. */
export const applyGuard = defineCommand({
  name: 'apply-guard',
  summary: 'before terraform apply: is this plan file the very one that was reviewed and passed?',
  configure(command) {
    command
      .argument('<planfile>', 'the binary plan that is about to be applied')
      .option('--evidence <dir>', 'the outputs of the run that reviewed it (default: qa, and qa/promotion/*)')
      .option('--max-age <duration>', 'oldest review that counts', '4h')
      .option('--terraform <program>', 'what prints the plan again', 'terraform')
      .option('--json', 'print the answer as JSON')
  },
  async run(context) {
    const { guardApply } = await import('../promote/apply-guard.ts')
    return guardApply(context)
  },
})
