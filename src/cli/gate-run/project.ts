import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Project } from '../../gates/project.ts'
import { packageFile } from '../../kernel/package.ts'

export interface LoadedProject {
  project: Project
  /** No gatekit.yaml was found: these are the gates that come with gatekit. */
  isBuiltIn: boolean
}

/** The user's own gates, or the built-in ones with their outputs in the current folder. */
export async function openProject(cwd: string, config: string | undefined): Promise<LoadedProject> {
  const { loadProject } = await import('../../gates/load.ts')
  const { checks } = await import('../../checks/list.ts')
  const isBuiltIn = config === undefined && !hasConfig(cwd)
  const own = isBuiltIn
    ? { configPath: packageFile('gatekit.yaml'), rootDir: cwd }
    : config === undefined
      ? {}
      : { configPath: config }
  return { project: await loadProject({ cwd, registry: checks, ...own }), isBuiltIn }
}

function hasConfig(dir: string): boolean {
  if (existsSync(join(dir, 'gatekit.yaml'))) return true
  return dirname(dir) !== dir && hasConfig(dirname(dir))
}
