import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readYamlFile } from '../../config/find.ts'
import { usageError } from '../../kernel/errors.ts'
import type { CiFinding } from './finding.ts'
import { asRecord, lintGithub } from './github.ts'
import { lintGitlab } from './gitlab.ts'

export interface CiLint {
  /** Files that were read, as shown to people. */
  files: string[]
  /** How often they run gatekit; 0 means that nothing was judged. */
  calls: number
  findings: CiFinding[]
}

/** Reads workflows, or all of a folder; without paths those of GitHub Actions and GitLab CI below `cwd`. */
export async function lintCi(paths: readonly string[], cwd: string): Promise<CiLint> {
  const files =
    paths.length > 0 ? (await Promise.all(paths.map((path) => filesAt(path, cwd)))).flat() : await usual(cwd)
  const lint: CiLint = { files: [], calls: 0, findings: [] }
  for (const path of files) {
    const source = await readYamlFile(path, cwd)
    lint.files.push(source.file)
    const broken = source.problems.map((problem) => ({ ...problem, rule: 'not-yaml', isNote: false }))
    const isGithub = asRecord(source.value).jobs !== undefined
    const { calls, findings } = isGithub ? lintGithub(source) : lintGitlab(source)
    lint.calls += calls
    lint.findings.push(...broken, ...findings.sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0)))
  }
  return lint
}

async function filesAt(path: string, cwd: string): Promise<string[]> {
  const full = resolve(cwd, path)
  const info = await stat(full).catch(() => undefined)
  if (!info) throw usageError(`${path} is not there`, 'name a workflow, or a folder of workflows')
  return info.isDirectory() ? yamlIn(full) : [full]
}

async function usual(cwd: string): Promise<string[]> {
  const gitlab = join(cwd, '.gitlab-ci.yml')
  const hasGitlab = await stat(gitlab).then(
    (info) => info.isFile(),
    () => false,
  )
  return [...(await yamlIn(join(cwd, '.github/workflows'))), ...(hasGitlab ? [gitlab] : [])]
}

async function yamlIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((): string[] => [])
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(dir, name))
}
