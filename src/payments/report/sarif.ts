import { basename } from 'node:path'
import type { Log, ReportingDescriptor, Result } from 'sarif'
import type { PaymentsReport, ProbeReport } from './define.ts'

/** SARIF 2.1.0: findings belong to the contract, for the backend's own files are not known. */
export function renderSarif(report: PaymentsReport): string {
  const found = report.probes.filter(({ verdict }) => verdict === 'RED' || verdict === 'YELLOW')
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gatekit payments', rules: found.map(ruleOf) } },
        invocations: [{ executionSuccessful: report.exitCode <= 1, exitCode: report.exitCode }],
        results: found.map((probe) => resultOf(probe, basename(report.contract))),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

const ruleOf = ({ id, title, rule, source }: ProbeReport): ReportingDescriptor => {
  const helpUri = source.find(({ url }) => url)?.url
  return { id, shortDescription: { text: title }, fullDescription: { text: rule }, ...(helpUri && { helpUri }) }
}

const resultOf = ({ id, verdict, reason, want, got, harm }: ProbeReport, file: string): Result => ({
  ruleId: id,
  level: verdict === 'RED' ? 'error' : 'note',
  message: {
    text: [reason, want && `want ${want}`, got && `got ${got}`, harm].filter(Boolean).join('; '),
  },
  locations: [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 1 } } }],
})
