import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { freePort } from '../../kernel/free-port.ts'
import { packageFile } from '../../kernel/package.ts'
import { writeReferenceContract } from '../../payments/matrix/reference-contract.ts'
import type { Sabotage, Twin } from '../define.ts'
import { recordOf } from './record.ts'

/** Starting a backend and buying from it takes longer than other twins have. */
const limitMs = 120_000

/** The defect that one forged event shows: signatures are not looked at. And usage that is counted again at every sync. */
const mutantOf = { payments: 'A1', metering: 'M1' }

/** A backend that takes everything and does nothing; in place of gatekit's own, the same with a defect. */
export const sabotagePayments: Sabotage = async (options, { context, emptyDir, answering, file }) => {
  const reference = packageFile('fixtures/payments/reference.contract.yaml')
  const path = options.contract === undefined ? reference : resolve(context.rootDir, String(options.contract))
  const contract = options.area === 'metering' ? ('metering' as const) : undefined
  const mutant = mutantOf[contract ?? 'payments']
  const within = (contract: string, more: object = {}): Partial<Twin> => ({
    options: { ...options, ...more, contract },
    context: { rootDir: emptyDir },
    limitMs,
  })
  if (path === reference) {
    await writeReferenceContract({ dir: emptyDir, port: await freePort(2), args: ['--mutant', mutant], contract })
    return [{ name: `mutant ${mutant}`, ...within('contract.yaml', { smoke: true, only: [mutant] }) }]
  }
  const given = recordOf(parse(await readFile(path, 'utf8')))
  const { start: _start, replicas: _replicas, ready: _ready, ...target } = recordOf(given.target)
  const idle = { ...target, base_url: await answering(200, '{}') }
  const policy = { ...recordOf(given.policy), settle_ms: 200 }
  await file('idle.json', JSON.stringify({ ...given, target: idle, control: {}, policy }, null, 2))
  const variables = { ...standIns(given), ...context.variables() }
  const world = { rootDir: emptyDir, variables: () => variables }
  return [{ name: 'does nothing', ...within('idle.json', { smoke: true }), context: world }]
}

/** Signatures are made with something; nobody looks at them. */
const standIns = ({ providers }: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.values(recordOf(providers))
      .flatMap((provider) => Object.entries(recordOf(provider)))
      .filter(([key]) => key === 'secret_env' || key === 'webhook_id_env')
      .map(([, name]) => [String(name), 'made-up-by-gatekit-prove']),
  )
