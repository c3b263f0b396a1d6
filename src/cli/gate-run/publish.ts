import { appendFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { GatekitError, type Problem, usageError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { stableJson } from '../../kernel/json.ts'
import type { RunRecord } from '../../kernel/record.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import type { ReporterDefinition } from '../../report/define.ts'
import { reporters } from '../../report/list.ts'

/** The reporters that were named; an unknown name is a usage error before anything runs. */
export async function loadReporters(names: readonly string[]): Promise<ReporterDefinition[]> {
  const unknown = names.find((name) => !Object.hasOwn(reporters, name))
  if (unknown !== undefined)
    throw usageError(`unknown reporter "${unknown}"`, `use some of: ${Object.keys(reporters).join(', ')}`)
  return Promise.all(names.map((name) => reporters[name]!.load()))
}

export interface Publication {
  run: RunRecord
  wanted: readonly ReporterDefinition[]
  secrets: Secrets
  rootDir: string
  /** Where gatekit.yaml stands, absolute. */
  docsDir: string
  /** Folder of all outputs, absolute. */
  qaDir: string
  env: NodeJS.ProcessEnv
  cwd: string
  jsonFile?: string
  /** Where annotations go; the answer itself may be JSON for a machine. */
  annotate(lines: string): void
}

/** What could not be written, and where the first page of the status site is. */
export interface Published {
  page: string
  errors: GatekitError[]
}

/**
 * Writes what `--reporter` asked for and the status site. What cannot be written, or would show a secret, is an error of its own, because someone
 * waits for these files; it keeps no other from being written.
 */
export async function publish(publication: Publication): Promise<Published> {
  const { run, wanted, qaDir, cwd, jsonFile, rootDir } = publication
  const errors: GatekitError[] = []
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof GatekitError)) throw error
      errors.push(error)
    }
  }
  await attempt(() => writeSite(publication))
  for (const reporter of wanted) {
    await attempt(() => write(publication, join(qaDir, 'reports', reporter.file), reporter.render(run)))
    for (const gate of run.gates) {
      const own: RunRecord = { ...run, ...pickVerdict(gate), gates: [gate], summary: gate.summary }
      await attempt(() => write(publication, join(rootDir, gate.outDir, reporter.file), reporter.render(own)))
    }
  }
  if (jsonFile !== undefined) await attempt(() => write(publication, resolve(cwd, jsonFile), stableJson(run)))
  return { page: pageOf(qaDir), errors }
}

const pageOf = (qaDir: string): string => join(qaDir, 'status', 'index.html')

/** Writes the status site of a run; returns the absolute path of its first page. */
export async function writeSite({
  run,
  qaDir,
  rootDir,
  docsDir,
}: Pick<Publication, 'run' | 'qaDir' | 'rootDir' | 'docsDir'>): Promise<string> {
  const { writeStatusSite } = await import('../../report/html/site.ts')
  const { readHistory } = await import('../../gates/history.ts')
  const dir = join(qaDir, 'status')
  const history = await readHistory(qaDir)
  await orUnwritable(dir, () => writeStatusSite({ run, history, dir, projectDir: rootDir, docsDir }))
  return pageOf(qaDir)
}

const pickVerdict = ({ status, exitCode, reason }: RunRecord['gates'][number]) => ({ status, exitCode, reason })

async function write({ secrets }: Publication, path: string, text: string): Promise<void> {
  const [hit] = secrets.sweep(text)
  if (hit)
    throw new GatekitError(
      { title: `${path} would show ${hit.name} (${hit.encoding}); it was not written` },
      exitCodes.refused,
    )
  await orUnwritable(path, () => writeFileAtomic(path, text))
}

async function orUnwritable(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const problem: Problem = {
      title: `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      remedy: 'make it writable',
    }
    throw new GatekitError(problem, exitCodes.undecided, { cause: error })
  }
}

/** Step summary, step outputs and annotations, where GitHub Actions says they go. Called once, with the last word: what is added there stays. */
export async function tellGithub({ run, wanted, qaDir, env, cwd, annotate }: Publication): Promise<void> {
  if (!wanted.some(({ name }) => name === 'github')) return
  const { renderAnnotations, renderOutputs } = await import('../../report/github-commands.ts')
  annotate(renderAnnotations(run))
  const github = await reporters.github!.load()
  const files: [path: string | undefined, text: string][] = [
    [env.GITHUB_STEP_SUMMARY, github.render(run)],
    [env.GITHUB_OUTPUT, renderOutputs(run, { qa: relative(cwd, qaDir) })],
  ]
  for (const [path, text] of files) if (path) await orUnwritable(path, () => appendFile(path, text))
}
