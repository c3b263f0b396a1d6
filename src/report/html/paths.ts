import type { GateRecord, RunRecord } from '../../kernel/record.ts'
import { encodePath } from './markup.ts'

/** Where the pages of a site are and how they reach the files of the gates. */
export interface SitePaths {
  /** From the status folder to the project: `../..`. */
  toProject: string
  /** Page of each gate, by the gate's place in the run. */
  gatePages: readonly string[]
  /** A link to the page about a gate, or undefined: an https URL or the name of a copy beside the pages. */
  docs(gate: GateRecord): string | undefined
}

/** Paths for a status folder that lies two levels below the project, as `qa/status` does. */
export function sitePaths(run: RunRecord, changes: Partial<SitePaths> = {}): SitePaths {
  return {
    toProject: '../..',
    gatePages: pageNames(run),
    docs: ({ docs }) => (docs?.startsWith('https://') ? docs : undefined),
    ...changes,
  }
}

/** A file name for each gate: readable, safe on every file system, never the same twice. */
function pageNames(run: RunRecord): string[] {
  const taken = new Set<string>()
  return run.gates.map(({ id }, index) => {
    const slug = id.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60) || 'gate'
    const name = taken.has(slug.toLowerCase()) ? `${slug}-${index + 1}` : slug
    taken.add(name.toLowerCase())
    return `gate-${name}.html`
  })
}

/** A file in a gate's output folder, seen from the status folder. */
export function gateFile(paths: SitePaths, gate: GateRecord, file: string): string | undefined {
  const folder = encodePath(gate.outDir)
  const path = encodePath(file)
  return folder && path && `${paths.toProject}/${folder}/${path}`
}
