import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckContext, CheckDefinition, Outcome, Saboteur, Twin } from '../checks/define.ts'
import type { Status } from '../kernel/record.ts'

/** What became of one sabotaged twin. */
export interface TwinResult {
  name: string
  /** PASS means that it survived: the check did not see the sabotage. */
  status: Status
  reason?: string
}

/** What the twins of one check, `gate/check`, showed. */
export interface Proof {
  check: string
  type: string
  twins: TwinResult[]
}

/** A twin that takes longer is stopped, which is no pass; some types allow theirs more. */
const longestTwinMs = 10_000

/** A check type whose every pass is followed by its twins; what they did is added to `proofs`. The outcome stays that of the check. */
export const withTwins = (definition: CheckDefinition, proofs: Proof[]): CheckDefinition => ({
  ...definition,
  async run(options, context) {
    const outcome = await definition.run(options, context)
    if (outcome.status !== 'PASS') return outcome
    const twins = await runTwins(definition, options as Record<string, unknown>, context)
    proofs.push({ check: context.id, type: definition.type, twins })
    return outcome
  },
})

async function runTwins(
  definition: CheckDefinition,
  options: Record<string, unknown>,
  context: CheckContext,
): Promise<TwinResult[]> {
  const stage = await openStage(context)
  try {
    const twins = await (definition.sabotage ?? nothingThere)(options, stage)
    const results: TwinResult[] = []
    for (const twin of twins) results.push(await runTwin(definition, twin, options, context))
    return results
  } finally {
    await stage.close()
  }
}

async function runTwin(
  definition: CheckDefinition,
  twin: Twin,
  options: Record<string, unknown>,
  context: CheckContext,
): Promise<TwinResult> {
  const world: CheckContext = {
    ...context,
    ...twin.context,
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(twin.limitMs ?? longestTwinMs)]),
    progress: () => context.progress(`twin: ${twin.name}`),
    evidence: async (name) => ({ path: `evidence/${name}`, sha256: '', bytes: 0 }),
  }
  const outcome: Outcome = await definition
    .run(twin.options ?? options, world)
    .catch((error: unknown) => ({ status: 'ERROR', reason: String(error) }))
  const reason = outcome.reason?.split('\n')[0]
  return { name: twin.name, status: outcome.status, ...(reason && { reason: context.secrets.redact(reason) }) }
}

/** The general sabotage: no target, no file, no variable, nobody to sign, another commit. */
const nothingThere: NonNullable<CheckDefinition['sabotage']> = async (_, { context, deadUrl, emptyDir }) => [
  {
    name: 'nothing there',
    context: {
      environment: { ...context.environment, baseUrl: deadUrl },
      rootDir: emptyDir,
      variable: () => undefined,
      variables: () => ({}),
      embeddedDatabase: () => undefined,
      signers: {},
      git: { sha: 'f'.repeat(40), authors: [] },
    },
  },
]

async function openStage(context: CheckContext): Promise<Saboteur & { close(): Promise<void> }> {
  const servers: Server[] = []
  const emptyDir = await mkdtemp(join(tmpdir(), 'gatekit-prove-'))
  const listen = async (server: Server): Promise<string> => {
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const end = (server: Server) => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const dead = createServer()
  const deadUrl = await listen(dead)
  await end(dead)
  return {
    context,
    deadUrl,
    emptyDir,
    answering: (status, body = '') =>
      listen(
        createServer((request, response) => {
          request.resume()
          response.writeHead(status, { 'content-type': 'application/json' }).end(body)
        }),
      ),
    async file(name, content) {
      const path = join(emptyDir, name)
      await writeFile(path, content)
      return path
    },
    async close() {
      await Promise.all(servers.slice(1).map(end))
      await rm(emptyDir, { recursive: true, force: true })
    },
  }
}
