import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineContext, EngineDefinition, Scratch, Trace } from '../../src/drill/engines/define.ts'
import { packageDir } from '../../src/kernel/package.ts'

export interface Started extends AsyncDisposable {
  scratch: Scratch
  context: EngineContext
  traces: Trace[]
}

/** An engine in a temporary folder, gone with the test. */
export async function startEngine(engine: EngineDefinition, over: Partial<EngineContext> = {}): Promise<Started> {
  const home = await scratchHome()
  const scratchDir = join(home, 'scratch')
  await mkdir(scratchDir, { mode: 0o711 })
  const traces: Trace[] = []
  const context: EngineContext = {
    drillId: 'test_1',
    scratchDir,
    rootDir: packageDir,
    env: process.env,
    extensions: [],
    leave: async (...made) => void traces.push(...made),
    statementTimeoutMs: 60_000,
    signal: new AbortController().signal,
    ...over,
  }
  const scratch = await engine.start(context)
  return {
    scratch,
    context,
    traces,
    async [Symbol.asyncDispose]() {
      await scratch.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A temporary folder that a server of another account can pass through. */
export async function scratchHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'gatekit-drill-test-'))
  await chmod(home, 0o711)
  return home
}
