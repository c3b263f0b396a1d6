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
  const { nearestConfig } = await import('../../config/find.ts')
  const { checks } = await import('../../checks/list.ts')
  const isBuiltIn = config === undefined && (await nearestConfig(cwd)) === undefined
  const own = isBuiltIn
    ? { configPath: packageFile('gatekit.yaml'), rootDir: cwd }
    : config === undefined
      ? {}
      : { configPath: config }
  return { project: await loadProject({ cwd, registry: checks, ...own }), isBuiltIn }
}
