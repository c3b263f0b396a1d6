import { usageError } from '../../kernel/errors.ts'
import { defineCommand } from '../define.ts'

/** `gatekit payments`: what is wrong with a payment backend, proved by the smallest history that shows it. */
export const payments = defineCommand({
  name: 'payments',
  summary: 'probe a payment backend by its contract: captures once, retries safe, refunds revoke, all is audited',
  configure(command) {
    command
      .argument('[verb]', 'lint: what the contract makes measurable; init: write a contract', 'run')
      .option(
        '--contract <file>',
        'the contract file of the backend (default: payments.contract.yaml, else that of the reference backend)',
      )
      .option('--reference [part]', 'probe gatekit’s own backend, started for this: its payments, or its metering')
      .option('--mutant <id>', 'the same with this defect put in: B1; to see what the gate says of it')
      .option('--json [file]', 'print the report as JSON, or write it to a file')
      .option('--smoke', 'the most important probes only, in about 10 seconds')
      .option('--budget <duration>', 'explore random histories for so long: 10m, 90s')
      .option('--seed <number>', 'the same seed plays the same histories', '1')
      .option('--strict', 'what could not be measured is incomplete (exit 4)')
      .option('--only <ids>', 'only these probes: A1,B4')
      .option('--reporter <names>', 'also write junit, sarif, html into the output folder (comma separated)')
      .option('--out <folder>', 'where reports, replays and pages of findings go', 'qa/payments')
      .option('--replay <file>', 'play the history of a finding again')
      .option('--allow <hosts>', 'hosts beyond this machine that may be probed (comma separated)')
      .option('--base-url <url>', 'init: where the running backend is')
      .addHelpText('after', '\nExample: gatekit payments --contract payments.contract.yaml --json report.json')
  },
  async run(context) {
    const verb = context.args[0] ?? 'run'
    if (verb === 'run') return (await import('../payments-run/run.ts')).runPaymentsCommand(context)
    if (verb === 'lint') return (await import('../payments-run/lint.ts')).lintPaymentsContract(context)
    if (verb === 'init') return (await import('../payments-run/init.ts')).initPaymentsContract(context)
    throw usageError(`payments ${verb}: no such verb`, 'use run (or nothing), lint, init')
  },
})
