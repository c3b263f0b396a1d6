import { z } from 'zod'
import { GatekitError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import type { Finding } from '../kernel/record.ts'
import { loadContract } from '../payments/contract/load.ts'
import { makeOwnBackend } from '../payments/matrix/own-backend.ts'
import type { PaymentsReport, ProbeReport } from '../payments/report/define.ts'
import { renderJson } from '../payments/report/json.ts'
import { runPayments } from '../payments/run/run.ts'
import { defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { locateFile, OutsidePath } from './files/locate.ts'
import { quoted } from './options/reference.ts'
import { sabotagePayments } from './sabotage/payments.ts'

const options = z.strictObject({
  contract: z.string().min(1).optional().describe("Contract file of the backend; gatekit's own backend when absent"),
  area: z
    .enum(['payments', 'metering'])
    .default('payments')
    .describe("Of gatekit's own backend, where no contract is given: its payments or its usage metering"),
  smoke: z.boolean().default(true).describe('The most important probes only, in about ten seconds'),
  seed: z.int().default(1).describe('The same seed plays the same histories'),
  only: z
    .array(z.string().regex(/^[A-Z]\d{1,3}$/))
    .min(1)
    .optional()
    .describe('Only these probes'),
  strict: z.boolean().default(false).describe('What could not be measured is undecided'),
  expect: z.strictObject({ green: z.literal(true).describe('No probe is red') }),
})

/** The payments gate as a check: its findings are the red probes; a backend that does not start is ERROR, never PASS. */
export const paymentsCheck = defineCheck({
  type: 'payments',
  sabotage: sabotagePayments,
  summary: 'Probes a payment backend by its contract: captures once, retries safe, refunds revoke',
  options,
  example: { contract: 'payments.contract.yaml', smoke: true, expect: { green: true } },
  async run({ contract: file, area, smoke, seed, only, strict }, context): Promise<Outcome> {
    const metering = area === 'metering' ? ('metering' as const) : undefined
    const named = file === undefined ? ` --reference${metering ? ' metering' : ''}` : ` --contract ${quoted(file)}`
    const reproduce = [`gatekit payments${named}${smoke ? ' --smoke' : ''} --seed ${seed}`]
    const own = file === undefined ? await makeOwnBackend([], metering) : undefined
    try {
      const env = context.variables()
      const path = own?.path ?? (await locateFile(file!, { rootDir: context.rootDir, within: [] }))
      const contract = await loadContract(path, { cwd: context.rootDir, env })
      const mode = smoke ? 'smoke' : 'default'
      const { signal, progress } = context
      const report = await runPayments({ contract, env, seed, mode, strict, signal, progress, ...(only && { only }) })
      await context.evidence('payments.json', renderJson(report))
      return { ...outcomeOf(report), reproduce }
    } catch (error) {
      if (error instanceof OutsidePath) return { ...undecided(error.message), reproduce }
      if (!(error instanceof GatekitError)) throw error
      const isRefused = error.exitCode === exitCodes.refused
      return { ...undecided(isRefused ? `refused: ${error.message}` : error.message), reproduce }
    } finally {
      await own?.remove()
    }
  },
})

function outcomeOf(report: PaymentsReport): Outcome {
  const { summary, exitCode, dead } = report
  const details = { ...summary, seed: report.seed, histories: report.exploration.histories }
  const reds = report.probes.filter(({ verdict }) => verdict === 'RED')
  if (reds.length > 0)
    return fail(reds.map(({ id, reason }) => `${id} ${reason}`).join('; '), reds.map(findingOf), details)
  if (dead !== undefined) return undecided(dead, 'other', details)
  if (exitCode === 4) return undecided(`${summary.UNMEASURED} probes could not be measured`, 'other', details)
  return summary.GREEN === 0 ? noData('no probe was measurable', details) : pass(details)
}

const findingOf = ({ id, title, want = '', got = '' }: ProbeReport): Finding => ({
  subject: `${id} ${title}`,
  expected: want,
  actual: got,
})
